-- What:  lets one load at a time land rows, so that landed_seq rises in commit order
-- Grain: the one row of ops.watermark that is locked
-- Reads: ops.watermark, $1 its name

select watermark.name
from ops.watermark
where watermark.name = $1
for update;
