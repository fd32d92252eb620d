-- What:  notes the outcome that a person gives a task for a date, unless a worker holds it
-- Grain: one row, or none when a worker holds the task
-- Reads: ops.run_log
-- A claim that is made at the same time takes the same attempt, so the primary key decides.
insert into ops.run_log (
    run_id, dag_id, task_id, logical_date, attempt, status, worker, error, reason,
    started_at, finished_at, heartbeat_at
)
select
    $1::uuid as run_id,
    $2 as dag_id,
    $3 as task_id,
    $4::date as logical_date,
    coalesce(max(run_log.attempt), 0) + 1 as attempt,
    $5 as status,
    $6 as worker,
    $7 as error,
    'marked' as reason,
    statement_timestamp() as started_at,
    statement_timestamp() as finished_at,
    statement_timestamp() as heartbeat_at
from ops.run_log
where
    run_log.dag_id = $2
    and run_log.task_id = $3
    and run_log.logical_date = $4::date
having count(*) filter (where run_log.status in ('waiting', 'running')) = 0
on conflict do nothing
returning run_log.attempt;
