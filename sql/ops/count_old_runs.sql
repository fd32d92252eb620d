-- What:  how much of the run log ended more than $1 days ago
-- Grain: one row
-- Reads: ops.run_log, ops.check_result
select
    (
        select count(*)
        from ops.run_log
        where run_log.finished_at < clock_timestamp() - make_interval(days => $1::integer)
    ) as attempts,
    (
        select count(*)
        from ops.check_result
        where check_result.checked_at < clock_timestamp() - make_interval(days => $1::integer)
    ) as check_results;
