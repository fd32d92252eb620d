-- What:  how each task stands for a date
-- Grain: one row per task that has been tried for the date
-- Reads: ops.run_log
with latest_attempts as (
    select distinct on (run_log.dag_id, run_log.task_id)
        run_log.dag_id,
        run_log.task_id,
        run_log.attempt,
        run_log.status,
        run_log.worker,
        run_log.error,
        run_log.started_at
    from ops.run_log
    where run_log.logical_date = $1::date
    order by run_log.dag_id asc, run_log.task_id asc, run_log.attempt desc
),

latest_successes as (
    select distinct on (run_log.dag_id, run_log.task_id)
        run_log.dag_id,
        run_log.task_id,
        run_log.rows_read,
        run_log.rows_written,
        run_log.metrics
    from ops.run_log
    where
        run_log.logical_date = $1::date
        and run_log.status = 'success'
    order by run_log.dag_id asc, run_log.task_id asc, run_log.attempt desc
)

select
    latest_attempts.dag_id,
    latest_attempts.task_id,
    latest_attempts.attempt,
    latest_attempts.status,
    latest_attempts.worker,
    latest_attempts.error,
    latest_successes.rows_read,
    latest_successes.rows_written,
    latest_successes.metrics,
    (latest_successes.dag_id is not null) as has_success,
    latest_attempts.started_at
from latest_attempts
left join latest_successes
    on
        latest_attempts.dag_id = latest_successes.dag_id
        and latest_attempts.task_id = latest_successes.task_id
order by latest_attempts.dag_id, latest_attempts.task_id;
