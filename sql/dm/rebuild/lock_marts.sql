-- What:  keeps loads, merges and builds out of what the marts are made of, until the end of the
--        transaction
-- Grain: one row
-- Reads: ops.watermark
--
-- In the order in which they lock it themselves: nobody waits for each other.

create temporary table locked_names on commit drop as
select watermark.name
from ops.watermark
where
    watermark.name in ('dm.build', 'ods.ods_leads_hist')
    or watermark.name like 'stg.%'
order by watermark.name
for update;

insert into locked_names (name)
select watermark.name
from ops.watermark
where
    watermark.name in ('dds.changed_car_day', 'dds.changed_lead')
    or (watermark.name like 'dm.%' and watermark.name <> 'dm.build')
order by watermark.name
for update;

-- The day that the marts stand for: not of dm.build, which may be what is wrong.
select
    count(locked_names.name) as watermarks,
    (
        select (watermark.cursor_day + 1)::text
        from ops.watermark
        where watermark.name = 'dm.revenue_day/car_days'
    ) as logical_date
from locked_names;
