-- What:  keeps the rows that the migrations put in, so that a test warehouse can be emptied to them
-- Grain: one table per seeded table
-- Reads: every table of the warehouse
create schema seed;

do $$
declare
    source record;
    has_rows boolean;
begin
    for source in
        select schemaname, tablename
        from pg_tables
        where schemaname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops')
    loop
        execute format('select exists (select from %I.%I)', source.schemaname, source.tablename)
        into has_rows;
        if has_rows then
            execute format(
                'create table seed.%I as table %I.%I',
                source.schemaname || '.' || source.tablename, source.schemaname, source.tablename
            );
        end if;
    end loop;
end;
$$;
