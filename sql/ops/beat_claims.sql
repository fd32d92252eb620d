-- What:  a sign of life for every claim of a run
-- Grain: one row per claim still held
-- Reads: ops.run_log
update ops.run_log
set heartbeat_at = clock_timestamp()
where
    run_log.run_id = $1::uuid
    and run_log.worker = $2
    and run_log.status in ('waiting', 'running')
returning
    run_log.task_id,
    (run_log.cancel_requested_at is not null) as is_cancelled;
