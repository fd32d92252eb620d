-- What:  whether the run log is there, and has all that this program reads of it
-- Grain: one row
-- Reads: the catalog
select
    (to_regclass('ops.run_log') is not null) as is_there,
    exists(
        select
        from pg_attribute
        where
            pg_attribute.attrelid = to_regclass('ops.run_log')
            and pg_attribute.attname = 'log_tail'
    ) as is_current;
