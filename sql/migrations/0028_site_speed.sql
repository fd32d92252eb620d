-- What:  how far each task has come, worked out for its newest date alone: with the run log of a month the view took
--        seconds, and every page asks for it

create or replace view dm.task_freshness as
with recent_tasks as (
    select
        run_log.dag_id,
        run_log.task_id,
        max(run_log.logical_date) as newest_date,
        max(run_log.logical_date) filter (
            where run_log.status = 'success'
        ) as newest_success_date,
        max(run_log.finished_at) filter (
            where run_log.status = 'success' and run_log.reason is distinct from 'marked'
        ) as succeeded_at
    from ops.run_log
    where
        run_log.logical_date > (
            select max(latest.logical_date) - 31
            from ops.run_log as latest
        )
    group by run_log.dag_id, run_log.task_id
)

select
    recent_tasks.dag_id,
    recent_tasks.task_id,
    newest.status,
    newest.is_stale,
    recent_tasks.newest_date,
    recent_tasks.newest_success_date,
    recent_tasks.succeeded_at
from recent_tasks
cross join lateral (
    select
        task_state.status,
        task_state.is_stale
    from ops.task_state
    where
        task_state.dag_id = recent_tasks.dag_id
        and task_state.task_id = recent_tasks.task_id
        and task_state.logical_date = recent_tasks.newest_date
    -- Task by task: joined with the view as a whole, all dates would be worked out.
    limit 1
) as newest;
