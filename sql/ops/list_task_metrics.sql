-- What:  what each task has read, written and warned of for the newest date it has succeeded for
-- Grain: one row per task that has ever succeeded
-- Reads: ops.run_log, ops.task_state
-- Dates are looked at from the newest back until one fits, as in list_dag_metrics.sql.
with task_dates as materialized (
    select
        tasks.dag_id,
        tasks.task_id,
        (
            select run_log.logical_date
            from ops.run_log
            where
                run_log.dag_id = tasks.dag_id
                and run_log.task_id = tasks.task_id
                and run_log.status = 'success'
                and (
                    select task_state.has_success
                    from ops.task_state
                    where
                        task_state.dag_id = run_log.dag_id
                        and task_state.task_id = run_log.task_id
                        and task_state.logical_date = run_log.logical_date
                )
            order by run_log.logical_date desc
            limit 1
        ) as success_date
    from (
        select distinct
            run_log.dag_id,
            run_log.task_id
        from ops.run_log
    ) as tasks
)

select
    task_dates.dag_id,
    task_dates.task_id,
    last_success.rows_read,
    last_success.rows_written,
    last_success.metrics
from task_dates
cross join lateral (
    select
        task_state.rows_read,
        task_state.rows_written,
        task_state.metrics
    from ops.task_state
    where
        task_state.dag_id = task_dates.dag_id
        and task_state.task_id = task_dates.task_id
        and task_state.logical_date = task_dates.success_date
    limit 1
) as last_success
order by task_dates.dag_id, task_dates.task_id;
