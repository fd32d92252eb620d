-- What:  the claims that a run holds on tasks of its DAG and date
-- Grain: one row per claim
-- Reads: ops.run_log
select
    run_log.task_id,
    run_log.attempt
from ops.run_log
where
    run_log.run_id = $1::uuid
    and run_log.dag_id = $2
    and run_log.logical_date = $3::date
    and run_log.status in ('waiting', 'running');
