-- What:  ends a claim with its outcome
-- Grain: one row, or none when the claim was lost
-- Reads: ops.run_log
update ops.run_log
set
    status = $6,
    finished_at = clock_timestamp(),
    heartbeat_at = clock_timestamp(),
    rows_read = $7::bigint,
    rows_written = $8::bigint,
    metrics = $9::jsonb,
    error = $10,
    reason = $11,
    log_tail = $12
where
    run_log.dag_id = $1
    and run_log.task_id = $2
    and run_log.logical_date = $3::date
    and run_log.attempt = $4::integer
    and run_log.worker = $5
    and run_log.status in ('waiting', 'running')
returning run_log.attempt;
