-- What:  finds the days that fleet usage has rows for, and how the cars lived through them
-- Grain: reading: one row; car_versions: one row per version of a car that a day belongs to
-- Reads: dds.fact_rentals (the last booked day), stg.stg_leads and stg.stg_cars (the earliest
--        created_at), ods.ods_cars_hist, ops.watermark

select ops.lock_watermarks(
    'ods.ods_cars_hist', 'dds.fact_fleet_usage_day',
    'dds.fact_fleet_usage_day/cars', 'dds.fact_fleet_usage_day/first_day',
    'dds.fact_fleet_usage_day/last_day'
);

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
            select max(latest.rental_end) - interval '2 days'
            from dds.fact_rentals as latest
            where
                latest.is_booking
                and latest.car_id <> 0
                and latest.rental_end >= latest.rental_start
                and latest.rental_end <= bounds.end_moment
        )
)

select
    horizon.newest_date,
    horizon.settings,
    horizon.first_day,
    horizon.last_day as horizon_ends_on,
    least(
        horizon.last_day, greatest(horizon.newest_date, booked.last_day)
    ) as last_day,
    first_done.cursor_day as first_day_before,
    last_done.cursor_day as last_day_before,
    cars_done.position as cars_from,
    cars_ready.position as cars_to,
    (
        horizon.settings_before = horizon.settings
        and first_done.cursor_day >= horizon.first_day
        and last_done.cursor_day is not null
    ) is not true as is_reset
from horizon
cross join booked
cross join ops.watermark as cars_done
cross join ops.watermark as cars_ready
cross join ops.watermark as first_done
cross join ops.watermark as last_done
where
    cars_done.name = 'dds.fact_fleet_usage_day/cars'
    and cars_ready.name = 'ods.ods_cars_hist'
    and first_done.name = 'dds.fact_fleet_usage_day/first_day'
    and last_done.name = 'dds.fact_fleet_usage_day/last_day';

-- The last version to open on a day or before it is the one of that day; the first one
-- stands for the days before it too.
create temporary table car_versions on commit drop as
with versions as (
    select
        ods_cars_hist.id as car_id,
        ods_cars_hist.plate,
        row_number() over history as place,
        (
            ods_cars_hist.valid_from
            at time zone current_setting('rental.business_tz')
        )::date as opens_on,
        (
            lead(ods_cars_hist.valid_from) over history
            at time zone current_setting('rental.business_tz')
        )::date as next_opens_on,
        (
            ods_cars_hist.valid_to at time zone current_setting('rental.business_tz')
        )::date as last_valid_on,
        (
            coalesce(
                last_value(ods_cars_hist.created_at) over whole_history,
                first_value(ods_cars_hist.valid_from) over whole_history
            ) at time zone current_setting('rental.business_tz')
        )::date as created_on,
        last_value(ods_cars_hist.in_fleet_from) over whole_history as in_fleet_from,
        last_value(ods_cars_hist.in_fleet_to) over whole_history as in_fleet_to
    from ods.ods_cars_hist
    window
        history as (
            partition by ods_cars_hist.id
            order by ods_cars_hist.valid_from
        ),
        whole_history as (
            partition by ods_cars_hist.id
            order by ods_cars_hist.valid_from
            rows between unbounded preceding and unbounded following
        )
)

select
    versions.car_id,
    versions.plate,
    coalesce(versions.in_fleet_from, versions.created_on) as joins_on,
    case when versions.place = 1 then '-infinity' else versions.opens_on end
        as first_day,
    coalesce(versions.next_opens_on - 1, 'infinity') as last_day,
    least(
        versions.next_opens_on - 1, versions.last_valid_on, versions.in_fleet_to,
        reading.last_day
    ) as last_idle_day
from versions
cross join reading
where
    versions.place = 1
    or versions.next_opens_on is null
    or versions.next_opens_on > versions.opens_on;

create index on car_versions (car_id);
analyze car_versions;

select count(distinct car_versions.car_id) as cars
from car_versions;
