-- What:  frees the claims of a worker that is known to be dead
-- Grain: one row per freed claim
-- Reads: ops.run_log
update ops.run_log
set
    status = 'failed',
    finished_at = clock_timestamp(),
    error = 'the worker ' || run_log.worker || ' died before the task had finished'
where
    run_log.status in ('waiting', 'running')
    and run_log.worker = $1
returning run_log.dag_id, run_log.task_id, run_log.worker;
