-- What:  lets one load at a time land rows, so that landed_seq rises in commit order
-- Grain: one row
-- Reads: ops.watermark, $1 the name of the row that is locked

select ops.lock_watermarks($1);
