-- What:  the newest success of each task, by the date that it was for
-- Grain: one row per task that has one
-- Reads: ops.run_log, $1 the tasks as the text of a JSON array (dag_id, task_id)
-- A mark has built nothing.
select
    tasks.dag_id,
    tasks.task_id,
    newest.logical_date,
    newest.finished_at,
    newest.rows_written
from jsonb_to_recordset($1::text::jsonb) as tasks (dag_id text, task_id text)
cross join lateral (
    select
        run_log.logical_date,
        run_log.finished_at,
        run_log.rows_written
    from ops.run_log
    where
        run_log.dag_id = tasks.dag_id
        and run_log.task_id = tasks.task_id
        and run_log.status = 'success'
        and run_log.reason is distinct from 'marked'
    order by run_log.logical_date desc, run_log.attempt desc
    limit 1
) as newest
order by tasks.dag_id, tasks.task_id;
