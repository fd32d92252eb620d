-- What:  the server process that runs this transaction
-- Grain: one row
-- Reads: nothing
select pg_backend_pid() as pid;
