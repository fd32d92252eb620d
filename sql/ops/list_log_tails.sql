-- What:  the last lines of the failed attempts of a DAG for a date
-- Grain: one row per attempt that left lines
-- Reads: ops.run_log
select
    run_log.task_id,
    run_log.attempt,
    run_log.log_tail
from ops.run_log
where
    run_log.dag_id = $1
    and run_log.logical_date = $2::date
    and run_log.log_tail is not null;
