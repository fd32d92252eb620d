-- What:  writes the days of fleet usage that are new, changed or no longer true
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: desired_days (of days.sql), reading (of calendar.sql), changed_car_days (of
--        changed_days.sql), dds.fact_rentals (what the days list, for the checks)

delete from dds.fact_fleet_usage_day
using desired_days
where
    fact_fleet_usage_day.ctid = desired_days.place_before
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
    reading.logical_date as load_date
from desired_days
cross join reading
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

-- For the checks, which all look at the same rows: as they are stored now, and the rentals that
-- they list.
create temporary table changed_days on commit drop as
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date,
    fact_fleet_usage_day.rentals_cnt,
    fact_fleet_usage_day.lead_ids,
    fact_fleet_usage_day.amount_share,
    fact_fleet_usage_day.is_rented,
    fact_fleet_usage_day.is_double_booked
from changed_car_days
inner join dds.fact_fleet_usage_day
    on
        changed_car_days.car_id = fact_fleet_usage_day.car_id
        and changed_car_days.usage_date = fact_fleet_usage_day.usage_date
where not (select reading.is_reset from reading)
union all
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date,
    fact_fleet_usage_day.rentals_cnt,
    fact_fleet_usage_day.lead_ids,
    fact_fleet_usage_day.amount_share,
    fact_fleet_usage_day.is_rented,
    fact_fleet_usage_day.is_double_booked
from dds.fact_fleet_usage_day
where (select reading.is_reset from reading);

create temporary table listed_leads on commit drop as
select distinct listed.lead_id
from changed_days
cross join lateral unnest(changed_days.lead_ids) as listed (lead_id)
where not (select reading.is_reset from reading);

-- A list is guessed to hold ten leads: uncounted, they would be worth reading all rentals.
analyze listed_leads;

create temporary table listed_rentals on commit drop as
with rentals as (
    select fact_rentals.*
    from listed_leads
    inner join dds.fact_rentals on listed_leads.lead_id = fact_rentals.lead_id
    union all
    select fact_rentals.*
    from dds.fact_rentals
    where (select reading.is_reset from reading)
)

select
    rentals.lead_id,
    rentals.car_id,
    coalesce(rentals.amount, 0) as amount,
    rentals.is_booking,
    dds.first_booked_day(
        rentals.rental_start, rentals.rental_end, reading.business_tz
    ) as first_day,
    dds.last_booked_day(
        rentals.rental_start, rentals.rental_end, reading.business_tz
    ) as last_day
from rentals
cross join reading;

analyze listed_rentals (lead_id);

select
    count(*) filter (where desired_days.fate <> 'kept') as rows_written,
    count(*) filter (where desired_days.fate = 'inserted') as days_inserted,
    count(*) filter (where desired_days.fate = 'updated') as days_updated,
    count(*) filter (where desired_days.fate = 'deleted') as days_deleted
from desired_days;
