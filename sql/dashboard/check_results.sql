-- What:  what each check found last in each of its tables, and since when it has found offenders
-- Grain: one row per check and table that was checked
-- Reads: ops.check_result, ops.run_log, $1 the checks as the text of a JSON array
--        (check_name, table_name)
select
    checks.check_name,
    checks.table_name,
    newest.severity,
    newest.offenders,
    newest.sample,
    newest.checked_at,
    newest.task_id,
    landing_run.dag_id,
    landing_run.logical_date,
    case
        when newest.offenders > 0 then (
            select min(failing.checked_at)
            from ops.check_result as failing
            where
                failing.check_name = checks.check_name
                and failing.table_name = checks.table_name
                and failing.offenders > 0
                and failing.checked_at > coalesce(
                    (
                        select max(passed.checked_at)
                        from ops.check_result as passed
                        where
                            passed.check_name = checks.check_name
                            and passed.table_name = checks.table_name
                            and passed.offenders = 0
                    ),
                    '-infinity'
                )
        )
    end as failing_since
from
    jsonb_to_recordset($1::text::jsonb) as checks (check_name text, table_name text)
cross join lateral (
    select check_result.*
    from ops.check_result
    where
        check_result.check_name = checks.check_name
        and check_result.table_name = checks.table_name
    order by check_result.checked_at desc
    limit 1
) as newest
left join lateral (
    select
        run_log.dag_id,
        run_log.logical_date
    from ops.run_log
    where run_log.run_id = newest.run_id
    limit 1
) as landing_run on true
order by
    (newest.offenders > 0) desc, newest.severity, checks.check_name, checks.table_name;
