-- What:  the workers that hold claims
-- Grain: one row per worker
-- Reads: ops.run_log
select distinct run_log.worker
from ops.run_log
where
    run_log.status in ('waiting', 'running')
    and run_log.worker <> $1;
