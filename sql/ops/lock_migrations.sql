-- What:  lets one process at a time migrate, until the end of its transaction
-- Grain: one row
-- Reads: nothing
-- The number only has to differ from the advisory locks of other programs.
select (pg_advisory_xact_lock(7265746) is null) as is_locked;
