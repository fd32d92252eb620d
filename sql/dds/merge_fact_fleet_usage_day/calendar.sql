-- What:  finds the days that fleet usage has rows for, and how far its sources are read
-- Grain: reading: one row
-- Reads: dds.fact_rentals (the last booked day), stg.stg_leads and stg.stg_cars (the earliest
--        created_at), ops.watermark (also whether a mart wants to know of changes),
--        dds.fact_fleet_usage_day (whether there is any)

select ops.lock_watermarks(
    'ods.ods_cars_hist', 'dds.changed_car_day', 'dds.fact_fleet_usage_day',
    'dds.fact_fleet_usage_day/cars', 'dds.fact_fleet_usage_day/first_day',
    'dds.fact_fleet_usage_day/last_day'
);

-- A text of a known length needs no table for long ones, which would be made and dropped beside it.
create temporary table reading on commit drop as
with horizon as materialized (
    -- A run for an older date does not take days away that a newer one has added.
    select
        greatest(
            watermark.cursor_day, current_setting('rental.logical_date')::date
        ) as newest_date,
        greatest(
            watermark.cursor_day, current_setting('rental.logical_date')::date
        ) + current_setting('rental.max_horizon_days')::integer as last_day,
        dds.first_day_of_horizon(
            current_setting('rental.business_tz'),
            current_setting('rental.logical_date')::date,
            current_setting('rental.max_horizon_days')::integer
        ) as first_day,
        format(
            '%s, %s days', current_setting('rental.business_tz'),
            current_setting('rental.max_horizon_days')
        ) as settings,
        watermark.settings as settings_before
    from ops.watermark
    where watermark.name = 'dds.fact_fleet_usage_day'
),

bounds as materialized (
    select
        (horizon.last_day + 1)::timestamp
        at time zone current_setting('rental.business_tz') as end_moment
    from horizon
),

booked as (
    -- Of the bookings that end last within the horizon, or reach beyond it.
    select
        max(
            dds.last_booked_day(
                fact_rentals.rental_start, fact_rentals.rental_end,
                current_setting('rental.business_tz')
            )
        ) as last_day
    from dds.fact_rentals
    cross join bounds
    where
        fact_rentals.is_booking
        and fact_rentals.car_id <> 0
        and fact_rentals.rental_end >= fact_rentals.rental_start
        and fact_rentals.rental_start < bounds.end_moment
        and fact_rentals.rental_end >= (
            select
                coalesce(
                    max(latest.rental_end) - interval '2 days',
                    '-infinity'::timestamptz
                )
            from dds.fact_rentals as latest
            where
                latest.is_booking
                and latest.car_id <> 0
                and latest.rental_end >= latest.rental_start
                and latest.rental_end <= bounds.end_moment
        )
)

select
    current_setting('rental.logical_date')::date as logical_date,
    current_setting('rental.business_tz')::varchar(200) as business_tz,
    horizon.newest_date,
    horizon.settings::varchar(255) as settings,
    horizon.first_day,
    horizon.last_day as horizon_ends_on,
    least(
        horizon.last_day, greatest(horizon.newest_date, booked.last_day)
    ) as last_day,
    first_done.cursor_day as first_day_before,
    last_done.cursor_day as last_day_before,
    cars_done.position as cars_from,
    cars_ready.position as cars_to,
    state.is_reset,
    -- A mart that was never built takes everything in, and needs no notes of changes.
    exists (
        select
        from ops.watermark
        where
            watermark.name like 'dm.%/car_days'
            and watermark.settings is not null
    ) as are_days_noted,
    -- Nothing is there that days must be compared with.
    state.is_reset and not exists (select from dds.fact_fleet_usage_day) as is_first
from horizon
cross join booked
cross join ops.watermark as cars_done
cross join ops.watermark as cars_ready
cross join ops.watermark as first_done
cross join ops.watermark as last_done
cross join lateral (
    select
        (
            horizon.settings_before = horizon.settings
            and first_done.cursor_day >= horizon.first_day
            and last_done.cursor_day is not null
        ) is not true as is_reset
) as state
where
    cars_done.name = 'dds.fact_fleet_usage_day/cars'
    and cars_ready.name = 'ods.ods_cars_hist'
    and first_done.name = 'dds.fact_fleet_usage_day/first_day'
    and last_done.name = 'dds.fact_fleet_usage_day/last_day';

-- The planner must know that it is one row: days of cars beside it are millions.
analyze reading;

-- Of a temporary table a rough idea is enough, for which a tenth of the usual rows is read.
select set_config('default_statistics_target', '10', true) as statistics_target;

-- Taking everything in, each sort and each hash table of a few megabytes would go through files.
select
    case
        when
            reading.is_reset
            and pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')
            then set_config('work_mem', '64MB', true)
    end as work_mem
from reading;

select
    coalesce(reading.last_day - reading.last_day_before, 0) as calendar_days_added
from reading;
