-- What:  keeps loads, merges and builds out of what the facts are made of, and out of the marts,
--        until the end of the transaction
-- Grain: one row
-- Reads: ops.watermark
--
-- In the order in which they lock it themselves: nobody waits for each other.

create temporary table locked_names on commit drop as
select watermark.name
from ops.watermark
where
    watermark.name like 'stg.%'
    or watermark.name like 'ods.%'
    or watermark.name like 'dict.%'
    or watermark.name = 'dm.build'
    or (
        watermark.name like 'dds.%'
        and watermark.name not like 'dds.changed%'
        and watermark.name not like 'dds.dim_date%'
    )
order by watermark.name
for update;

insert into locked_names (name)
select watermark.name
from ops.watermark
where
    watermark.name like 'dds.changed%'
    or watermark.name like 'dds.dim_date%'
    or (watermark.name like 'dm.%' and watermark.name <> 'dm.build')
order by watermark.name
for update;

-- The newest date that they were built for.
select
    count(locked_names.name) as watermarks,
    (
        select watermark.cursor_day::text
        from ops.watermark
        where watermark.name = 'dds.fact_fleet_usage_day'
    ) as logical_date
from locked_names;
