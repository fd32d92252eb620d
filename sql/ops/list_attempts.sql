-- What:  every attempt of the runs of some dates, of one DAG or of all
-- Grain: one row per attempt, in the order of their ends, those under way last
-- Reads: ops.run_log
-- How long a worker has been silent is told by the clock of the database alone.
select
    run_log.run_id,
    run_log.dag_id,
    run_log.task_id,
    run_log.logical_date,
    run_log.attempt,
    run_log.status,
    run_log.reason,
    run_log.worker,
    run_log.error,
    run_log.rows_read,
    run_log.rows_written,
    run_log.metrics,
    extract(
        epoch from coalesce(run_log.finished_at, clock_timestamp()) - run_log.started_at
    )::double precision as seconds,
    extract(epoch from clock_timestamp() - run_log.heartbeat_at)::double precision as silent_s,
    run_log.started_at,
    run_log.finished_at,
    run_log.heartbeat_at,
    run_log.cancel_requested_at
from ops.run_log
where
    run_log.logical_date between $1::date and $2::date
    and ($3::text is null or run_log.dag_id = $3)
order by
    run_log.finished_at asc nulls last,
    run_log.started_at asc,
    run_log.dag_id asc,
    run_log.task_id asc,
    run_log.attempt asc;
