-- What:  what each task has read, written and warned of for the newest date it has succeeded for
-- Grain: one row per task that has ever succeeded
-- Reads: ops.run_log
with tasks as (
    select distinct
        run_log.dag_id,
        run_log.task_id
    from ops.run_log
)

select
    tasks.dag_id,
    tasks.task_id,
    last_success.rows_read,
    last_success.rows_written,
    last_success.metrics
from tasks
cross join lateral (
    select
        run_log.rows_read,
        run_log.rows_written,
        run_log.metrics
    from ops.run_log
    where
        run_log.dag_id = tasks.dag_id
        and run_log.task_id = tasks.task_id
        and run_log.status = 'success'
    order by run_log.logical_date desc, run_log.attempt desc
    limit 1
) as last_success
order by tasks.dag_id, tasks.task_id;
