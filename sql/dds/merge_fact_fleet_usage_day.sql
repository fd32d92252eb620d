-- What:  writes the days of fleet usage that are new, changed or no longer true
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: desired_days (of days.sql), reading (of calendar.sql)

delete from dds.fact_fleet_usage_day
using desired_days
where
    fact_fleet_usage_day.car_id = desired_days.car_id
    and fact_fleet_usage_day.usage_date = desired_days.usage_date
    and desired_days.fate in ('deleted', 'updated');

insert into dds.fact_fleet_usage_day (
    car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days,
    is_rented, is_double_booked, is_unpriced, usage_date, load_date
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
    current_setting('rental.logical_date')::date as load_date
from desired_days
where desired_days.fate in ('inserted', 'updated')
order by desired_days.car_id, desired_days.usage_date;

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

drop view bookings;

select
    count(*) filter (where desired_days.fate <> 'kept') as rows_written,
    count(*) filter (where desired_days.fate = 'inserted') as days_inserted,
    count(*) filter (where desired_days.fate = 'updated') as days_updated,
    count(*) filter (where desired_days.fate = 'deleted') as days_deleted
from desired_days;
