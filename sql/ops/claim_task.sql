-- What:  claims a task for a date, unless it is claimed already
-- Grain: one row, or none when another worker holds the claim
-- Reads: ops.run_log
-- The partial unique index run_log_one_claim decides between workers that come at the same time.
insert into ops.run_log (
    run_id, dag_id, task_id, logical_date, attempt, status, worker, waits_for
)
select
    $1::uuid as run_id,
    $2 as dag_id,
    $3 as task_id,
    $4::date as logical_date,
    coalesce(max(run_log.attempt), 0) + 1 as attempt,
    'waiting' as status,
    $5 as worker,
    $6::jsonb as waits_for
from ops.run_log
where
    run_log.dag_id = $2
    and run_log.task_id = $3
    and run_log.logical_date = $4::date
on conflict do nothing
returning run_log.attempt;
