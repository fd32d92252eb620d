-- What:  error: cars whose shares of amounts do not sum up to the amounts of their bookings
-- Grain: one row per car
-- Reads: dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        changed_cars
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: revenue by day and revenue by rental would be two figures. A car with a booking
-- that reaches beyond its life in the fleet is left out: the days outside have no row,
-- which the merge counts as warning_booked_days_outside_fleet.

with checked_cars as (
    select changed_cars.id
    from changed_cars
    -- By hand this may run between the merge of the rentals and this one.
    where
        not exists (
            select
            from dds.fact_fleet_usage_day_pending
            where fact_fleet_usage_day_pending.car_id = changed_cars.id
        )
),

bookings as (
    select
        fact_rentals.car_id,
        fact_rentals.lead_id,
        coalesce(fact_rentals.amount, 0) as amount,
        greatest(
            1,
            (
                fact_rentals.rental_end
                at time zone current_setting('rental.business_tz')
            )::date
            - (
                fact_rentals.rental_start
                at time zone current_setting('rental.business_tz')
            )::date
        ) as days
    from dds.fact_rentals
    inner join checked_cars on fact_rentals.car_id = checked_cars.id
    where
        fact_rentals.is_booking
        and fact_rentals.rental_end >= fact_rentals.rental_start
),

listed as (
    select
        fact_fleet_usage_day.car_id,
        lead_ids.lead_id,
        count(*) as days
    from dds.fact_fleet_usage_day
    inner join checked_cars on fact_fleet_usage_day.car_id = checked_cars.id
    cross join lateral unnest(fact_fleet_usage_day.lead_ids) as lead_ids (lead_id)
    where cardinality(fact_fleet_usage_day.lead_ids) > 0
    group by fact_fleet_usage_day.car_id, lead_ids.lead_id
),

booked as (
    select
        bookings.car_id,
        sum(bookings.amount) as amount,
        bool_and(bookings.days = coalesce(listed.days, 0)) as is_complete
    from bookings
    left join listed
        on
            bookings.car_id = listed.car_id
            and bookings.lead_id = listed.lead_id
    group by bookings.car_id
),

shown as (
    select
        fact_fleet_usage_day.car_id,
        sum(fact_fleet_usage_day.amount_share) as amount
    from dds.fact_fleet_usage_day
    inner join checked_cars on fact_fleet_usage_day.car_id = checked_cars.id
    group by fact_fleet_usage_day.car_id
)

select
    shown.car_id as id,
    'shares ' || shown.amount || ', bookings ' || coalesce(booked.amount, 0)
        as detail
from shown
left join booked on shown.car_id = booked.car_id
where
    shown.amount <> coalesce(booked.amount, 0)
    and coalesce(booked.is_complete, true);
