-- What:  asks the worker of a run to stop it
-- Grain: one row per claim of the run
-- Reads: ops.run_log
update ops.run_log
set cancel_requested_at = coalesce(run_log.cancel_requested_at, clock_timestamp())
where
    run_log.dag_id = $1
    and run_log.logical_date = $2::date
    and run_log.status in ('waiting', 'running')
returning run_log.task_id, run_log.attempt, run_log.worker;
