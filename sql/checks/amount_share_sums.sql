-- What:  error: days whose shares of amounts do not sum up to what their bookings say
-- Grain: one row per car
-- Reads: dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        changed_car_days
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: revenue by day and revenue by rental would be two figures.

with days as (
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date,
        fact_fleet_usage_day.amount_share,
        fact_fleet_usage_day.lead_ids
    from dds.fact_fleet_usage_day
    inner join changed_car_days
        on
            fact_fleet_usage_day.car_id = changed_car_days.car_id
            and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
    -- By hand this may run between the merge of the rentals and this one.
    where
        not exists (
            select
            from dds.fact_fleet_usage_day_pending
            where
                fact_fleet_usage_day_pending.car_id = fact_fleet_usage_day.car_id
                and fact_fleet_usage_day.usage_date
                between fact_fleet_usage_day_pending.first_day
                and fact_fleet_usage_day_pending.last_day
        )
),

listed as (
    select distinct
        days.car_id,
        days.usage_date,
        lead_ids.lead_id
    from days
    cross join lateral unnest(days.lead_ids) as lead_ids (lead_id)
),

-- Materialized: of columns the share is computed in place, of expressions by a call that takes
-- ten times as long.
bookings as materialized (
    select
        leads.lead_id,
        coalesce(rental.amount, 0) as amount,
        dds.first_booked_day(
            rental.rental_start, rental.rental_end,
            current_setting('rental.business_tz')
        ) as first_day,
        dds.last_booked_day(
            rental.rental_start, rental.rental_end,
            current_setting('rental.business_tz')
        ) as last_day
    from (select distinct listed.lead_id from listed) as leads
    -- Looked up one by one: a list is guessed to hold ten leads, worth reading all rentals.
    cross join lateral (
        select
            fact_rentals.amount,
            fact_rentals.rental_start,
            fact_rentals.rental_end
        from dds.fact_rentals
        where fact_rentals.lead_id = leads.lead_id
        offset 0
    ) as rental
),

booked as (
    select
        listed.car_id,
        listed.usage_date,
        sum(
            dds.share_of_day(
                bookings.amount, bookings.first_day, bookings.last_day,
                listed.usage_date
            )
        ) as booked_share
    from listed
    inner join bookings on listed.lead_id = bookings.lead_id
    group by listed.car_id, listed.usage_date
)

select
    days.car_id as id,
    'shares ' || trim_scale(sum(days.amount_share)) || ', bookings '
    || trim_scale(sum(coalesce(booked.booked_share, 0))) as detail
from days
left join booked
    on days.car_id = booked.car_id and days.usage_date = booked.usage_date
where days.amount_share <> coalesce(booked.booked_share, 0)
group by days.car_id;
