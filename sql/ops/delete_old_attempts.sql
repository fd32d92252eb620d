-- What:  removes the attempts that ended more than $1 days ago
-- Grain: one row, with their number
-- Reads: ops.run_log
with deleted as (
    delete from ops.run_log
    where run_log.finished_at < clock_timestamp() - make_interval(days => $1::integer)
    returning 1
)

select count(*) as deleted
from deleted;
