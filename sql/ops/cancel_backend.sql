-- What:  stops the query of another server process of the same role
-- Grain: one row
-- Reads: nothing
select pg_cancel_backend($1::integer) as is_cancelled;
