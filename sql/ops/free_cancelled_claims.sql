-- What:  frees cancelled claims whose worker is dead: silent for $3 s, or known to have ended ($4)
-- Grain: one row per freed claim
-- Reads: ops.run_log
update ops.run_log
set
    status = 'failed',
    reason = 'cancelled',
    finished_at = clock_timestamp(),
    error = 'cancelled after the worker ' || run_log.worker || ' had died'
where
    run_log.dag_id = $1
    and run_log.logical_date = $2::date
    and run_log.status in ('waiting', 'running')
    and run_log.cancel_requested_at is not null
    and (
        run_log.worker = $4
        or run_log.heartbeat_at
        < clock_timestamp() - make_interval(secs => $3::double precision)
    )
returning run_log.task_id;
