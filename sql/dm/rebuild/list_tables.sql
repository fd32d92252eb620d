-- What:  lists the marts, and what they count by
-- Grain: kept_tables: a table
-- Reads: pg_class

create temporary table kept_tables on commit drop as
select
    pg_class.oid as table_id,
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

select count(*) as tables_listed
from kept_tables;
