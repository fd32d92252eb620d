-- What:  the time of the database
-- Grain: one row
-- Reads: nothing
select clock_timestamp() as now;
