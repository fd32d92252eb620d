-- What:  how each task stands for each date of a range
-- Grain: one row per task and date that it has been tried for
-- Reads: ops.run_log
with latest_attempts as (
    select distinct on (run_log.logical_date, run_log.dag_id, run_log.task_id)
        run_log.logical_date,
        run_log.dag_id,
        run_log.task_id,
        run_log.attempt,
        run_log.status,
        run_log.reason,
        run_log.worker,
        run_log.error,
        run_log.started_at
    from ops.run_log
    where run_log.logical_date between $1::date and $2::date
    order by
        run_log.logical_date asc,
        run_log.dag_id asc,
        run_log.task_id asc,
        run_log.attempt desc
),

latest_successes as (
    select distinct on (run_log.logical_date, run_log.dag_id, run_log.task_id)
        run_log.logical_date,
        run_log.dag_id,
        run_log.task_id,
        run_log.rows_read,
        run_log.rows_written,
        run_log.metrics
    from ops.run_log
    where
        run_log.logical_date between $1::date and $2::date
        and run_log.status = 'success'
        -- What a person has marked as failed does not count, although it had succeeded.
        and not exists (
            select
            from ops.run_log as mark
            where
                mark.dag_id = run_log.dag_id
                and mark.task_id = run_log.task_id
                and mark.logical_date = run_log.logical_date
                and mark.attempt > run_log.attempt
                and mark.status = 'failed'
                and mark.reason = 'marked'
        )
    order by
        run_log.logical_date asc,
        run_log.dag_id asc,
        run_log.task_id asc,
        run_log.attempt desc
),

deaths as (
    select
        run_log.logical_date,
        run_log.dag_id,
        run_log.task_id,
        count(*) as worker_deaths
    from ops.run_log
    where
        run_log.logical_date between $1::date and $2::date
        and run_log.reason = 'worker_died'
    group by run_log.logical_date, run_log.dag_id, run_log.task_id
)

select
    latest_attempts.logical_date,
    latest_attempts.dag_id,
    latest_attempts.task_id,
    latest_attempts.attempt,
    latest_attempts.status,
    latest_attempts.reason,
    latest_attempts.worker,
    latest_attempts.error,
    latest_successes.rows_read,
    latest_successes.rows_written,
    latest_successes.metrics,
    coalesce(deaths.worker_deaths, 0) as worker_deaths,
    (latest_successes.dag_id is not null) as has_success,
    latest_attempts.started_at
from latest_attempts
left join latest_successes
    on
        latest_attempts.logical_date = latest_successes.logical_date
        and latest_attempts.dag_id = latest_successes.dag_id
        and latest_attempts.task_id = latest_successes.task_id
left join deaths
    on
        latest_attempts.logical_date = deaths.logical_date
        and latest_attempts.dag_id = deaths.dag_id
        and latest_attempts.task_id = deaths.task_id
order by
    latest_attempts.logical_date, latest_attempts.dag_id, latest_attempts.task_id;
