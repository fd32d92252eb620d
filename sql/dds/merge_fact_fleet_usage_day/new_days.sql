-- What:  writes the idle days that the calendar gains at its end, and counts what is left over
-- Grain: dds.fact_fleet_usage_day, written_days: a car and day more
-- Reads: reading and car_versions (of the files before), changed_bookings and landed_cars (of
--        changed_bookings.sql), written_days (of own_days.sql)
-- If:    days_may_change (of changed_bookings.sql)
--
-- All bookings that reach past the last day of the merge before are among those that changed. A
-- car without one is idle on the days after it, and in the fleet, where it joined before.

with new_days as (
    select
        car_versions.car_id,
        car_versions.plate,
        reading.logical_date,
        greatest(car_versions.first_day, reading.last_day_before + 1) + generate_series(
            0,
            car_versions.last_idle_day
            - greatest(car_versions.first_day, reading.last_day_before + 1)
        ) as usage_date
    from car_versions
    cross join reading
    where
        not reading.is_reset
        and car_versions.last_idle_day > reading.last_day_before
        and car_versions.joins_on
        <= greatest(car_versions.first_day, reading.last_day_before + 1)
        and car_versions.car_id not in (
            select changed_bookings.car_id
            from changed_bookings
            -- Not the one outside, for each of whose rows this would be read again.
            where changed_bookings.last_day > (select reading.last_day_before from reading)
        )
),

inserted as (
    insert into dds.fact_fleet_usage_day (
        car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days, is_rented,
        is_double_booked, is_unpriced, usage_date, load_date
    )
    select
        new_days.car_id,
        new_days.plate,
        0 as rentals_cnt,
        '{}' as lead_ids,
        0 as amount_share,
        0 as charged_days,
        false as is_rented,
        false as is_double_booked,
        false as is_unpriced,
        new_days.usage_date,
        new_days.logical_date as load_date
    from new_days
    returning fact_fleet_usage_day.*
)

insert into written_days
select
    inserted.*,
    'inserted' as fate,
    true as is_noted,
    1 as car_days_more,
    0 as rented_days_more,
    0 as charged_days_more,
    0 as unpriced_days_more,
    0 as revenue_more
from inserted;

-- Where nothing is left over, the long way from the lives of cars to the days of each is not gone.
-- A calendar that begins elsewhere or ends earlier has days to be taken away.
with wanted as (
    select
        greatest(
            0,
            least(changed_bookings.last_day, reading.horizon_ends_on)
            - greatest(changed_bookings.first_day, reading.first_day)
            + 1
        ) as days
    from changed_bookings
    cross join reading
    union all
    select
        greatest(
            0,
            car_versions.last_idle_day
            - greatest(car_versions.first_day, reading.last_day_before + 1)
            + 1
        ) as days
    from car_versions
    cross join reading
    where car_versions.last_idle_day > reading.last_day_before
)

select
    (select coalesce(sum(wanted.days), 0) from wanted)
    - (select count(*) from written_days)
    + (select count(*) from landed_cars)
    + (
        reading.is_reset
        or reading.first_day is distinct from reading.first_day_before
        or reading.last_day < reading.last_day_before
    )::integer as days_left_over
from reading;
