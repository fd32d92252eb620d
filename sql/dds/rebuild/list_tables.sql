-- What:  lists the dimensions and facts
-- Grain: kept_tables: a table
-- Reads: pg_class
--
-- What the marts read of them, changes and bookings as they stood, is none of these.

create temporary table kept_tables on commit drop as
select
    pg_class.oid as table_id,
    pg_class.oid::regclass::text as table_name,
    'kept_' || pg_class.relname as kept_name
from pg_class
where
    pg_class.relkind = 'r'
    and pg_class.relnamespace = 'dds'::regnamespace
    and pg_class.oid not in (
        'dds.changed_lead'::regclass, 'dds.changed_car_day'::regclass,
        'dds.booked_version'::regclass, 'dds.booked_step'::regclass,
        'dds.fact_fleet_usage_day_pending'::regclass, 'dds.fact_rentals_pending'::regclass
    );

select count(*) as tables_listed
from kept_tables;
