-- What:  turns a waiting claim into a running one
-- Grain: one row, or none when the claim was lost
-- Reads: ops.run_log
update ops.run_log
set
    status = 'running',
    started_at = clock_timestamp(),
    heartbeat_at = clock_timestamp()
where
    run_log.dag_id = $1
    and run_log.task_id = $2
    and run_log.logical_date = $3::date
    and run_log.attempt = $4::integer
    and run_log.worker = $5
    and run_log.status = 'waiting'
returning run_log.attempt;
