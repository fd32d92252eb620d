-- What:  how much there is of runs for dates after $1
-- Grain: one row
-- Reads: ops.run_log
select
    count(*) as attempts,
    count(distinct run_log.logical_date) as dates,
    count(*) filter (where run_log.status in ('waiting', 'running')) as active,
    min(run_log.logical_date) as first_date,
    max(run_log.logical_date) as last_date
from ops.run_log
where run_log.logical_date > $1::date;
