-- What:  frees the claims whose worker has given no sign of life for too long
-- Grain: one row per freed claim
-- Reads: ops.run_log
-- By the clock of the database alone, so that clocks of workers may differ.
update ops.run_log
set
    status = 'failed',
    reason = 'worker_died',
    finished_at = clock_timestamp(),
    error = 'the worker ' || run_log.worker || ' has given no sign of life'
where
    run_log.status in ('waiting', 'running')
    and run_log.worker <> $1
    and run_log.heartbeat_at
    < clock_timestamp() - make_interval(secs => $2::double precision)
returning run_log.dag_id, run_log.task_id, run_log.worker;
