-- What:  writes the days of fleet usage that are new, changed or no longer true
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: desired_days (of days.sql), changed_car_days (of changed_days.sql), own_days (of
--        own_days.sql, which has written them), reading (of calendar.sql)
--
-- Of a first build all of them are written already, by first_days.sql.

delete from dds.fact_fleet_usage_day
using desired_days
where
    fact_fleet_usage_day.ctid = desired_days.place_before
    and desired_days.fate = 'deleted';

insert into dds.fact_fleet_usage_day (
    car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days, is_rented,
    is_double_booked, is_unpriced, usage_date, load_date
)
select
    desired_days.car_id,
    desired_days.plate,
    desired_days.rentals_cnt,
    desired_days.lead_ids,
    desired_days.amount_share,
    desired_days.charged_days,
    desired_days.rentals_cnt > 0 as is_rented,
    desired_days.rentals_cnt > 1 as is_double_booked,
    desired_days.is_unpriced,
    desired_days.usage_date,
    reading.logical_date as load_date
from desired_days
cross join reading
where desired_days.fate = 'inserted'
order by desired_days.car_id, desired_days.usage_date;

-- What is stored now of the other days that may have changed.
create temporary table stored_changes on commit drop as
with updated as (
    update dds.fact_fleet_usage_day
    set
        plate = desired_days.plate,
        rentals_cnt = desired_days.rentals_cnt,
        lead_ids = desired_days.lead_ids,
        amount_share = desired_days.amount_share,
        charged_days = desired_days.charged_days,
        is_rented = desired_days.rentals_cnt > 0,
        is_double_booked = desired_days.rentals_cnt > 1,
        is_unpriced = desired_days.is_unpriced,
        load_date = reading.logical_date
    from desired_days
    cross join reading
    where
        fact_fleet_usage_day.ctid = desired_days.place_before
        and desired_days.fate = 'updated'
    returning fact_fleet_usage_day.*
)

select updated.*
from updated
union all
select fact_fleet_usage_day.*
from desired_days
inner join dds.fact_fleet_usage_day
    on
        desired_days.car_id = fact_fleet_usage_day.car_id
        and desired_days.usage_date = fact_fleet_usage_day.usage_date
where desired_days.fate in ('inserted', 'kept');

with progress as (
    select
        'dds.fact_fleet_usage_day' as name,
        null::bigint as position,
        reading.newest_date as cursor_day,
        reading.settings
    from reading
    union all
    select 'dds.fact_fleet_usage_day/cars', reading.cars_to, null, null
    from reading
    union all
    select 'dds.fact_fleet_usage_day/first_day', null, reading.first_day, null
    from reading
    union all
    select 'dds.fact_fleet_usage_day/last_day', null, reading.last_day, null
    from reading
)

update ops.watermark
set
    position = coalesce(progress.position, watermark.position),
    cursor_day = progress.cursor_day,
    settings = progress.settings,
    changed_at = clock_timestamp()
from progress
where
    watermark.name = progress.name
    and row(watermark.position, watermark.cursor_day, watermark.settings)
    is distinct from row(
        coalesce(progress.position, watermark.position), progress.cursor_day,
        progress.settings
    );

with counts as (
    select
        (select count(*) from changed_car_days) as days_read,
        count(*) filter (where desired_days.fate = 'inserted') as days_inserted,
        count(*) filter (where desired_days.fate = 'updated') as days_updated,
        count(*) filter (where desired_days.fate = 'deleted') as days_deleted
    from desired_days
    where not (select reading.is_first from reading)
    union all
    select
        count(*),
        0,
        count(*) filter (where own_days.is_written_differently),
        0
    from own_days
    union all
    select
        count(*),
        count(*),
        0,
        0
    from reading
    cross join dds.fact_fleet_usage_day
    where reading.is_first
)

select
    sum(counts.days_read)::bigint as rows_read,
    sum(counts.days_inserted + counts.days_updated + counts.days_deleted)::bigint
        as rows_written,
    sum(counts.days_inserted)::bigint as days_inserted,
    sum(counts.days_updated)::bigint as days_updated,
    sum(counts.days_deleted)::bigint as days_deleted
from counts;
