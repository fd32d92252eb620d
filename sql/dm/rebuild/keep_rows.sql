-- What:  keeps the rows of the marts, and of what they count by, to be compared
-- Grain: kept_tables: a table; kept_<table>: its rows
-- Reads: every table of dm, dds.booked_version, dds.booked_step

create temporary table kept_tables on commit drop as
select
    pg_class.oid::regclass::text as table_name,
    'kept_' || pg_class.relname as kept_name
from pg_class
where
    pg_class.relkind = 'r'
    and (
        pg_class.relnamespace = 'dm'::regnamespace
        or pg_class.oid in (
            'dds.booked_version'::regclass, 'dds.booked_step'::regclass
        )
    );

do $$
declare
    kept record;
begin
    for kept in select kept_tables.* from kept_tables loop
        execute format(
            'create temporary table %I on commit drop as table %s',
            kept.kept_name, kept.table_name
        );
    end loop;
end;
$$;

select count(*) as tables_kept
from kept_tables;
