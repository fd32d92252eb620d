-- What:  frees the claims of a worker that is known to be dead, or those of its runs that are over
-- Grain: one row per freed claim
-- Reads: ops.run_log
update ops.run_log
set
    status = 'failed',
    reason = 'worker_died',
    finished_at = clock_timestamp(),
    error = 'the worker ' || run_log.worker || ' ' || $3 || ' before the task had finished'
where
    run_log.status in ('waiting', 'running')
    and run_log.worker = $1
    and run_log.run_id not in (
        select live_runs.run_id::uuid
        from jsonb_array_elements_text($2::jsonb) as live_runs (run_id)
    )
returning run_log.dag_id, run_log.task_id, run_log.worker;
