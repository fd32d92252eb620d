-- What:  removes the results of checks that are more than $1 days old
-- Grain: one row, with their number
-- Reads: ops.check_result
with deleted as (
    delete from ops.check_result
    where check_result.checked_at < clock_timestamp() - make_interval(days => $1::integer)
    returning 1
)

select count(*) as deleted
from deleted;
