-- What:  the last date up to $1 that anything was ever run for
-- Grain: one row; null when there is none
-- Reads: ops.run_log
select max(run_log.logical_date) as last_date
from ops.run_log
where run_log.logical_date <= $1::date;
