-- What:  error: days whose shares of amounts do not sum up to what their bookings say
-- Grain: one row per car
-- Reads: dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        changed_car_days
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

booked as (
    select
        listed.car_id,
        listed.usage_date,
        sum(
            dds.share_of_day(
                coalesce(fact_rentals.amount, 0),
                dds.first_booked_day(
                    fact_rentals.rental_start, fact_rentals.rental_end,
                    current_setting('rental.business_tz')
                ),
                dds.last_booked_day(
                    fact_rentals.rental_start, fact_rentals.rental_end,
                    current_setting('rental.business_tz')
                ),
                listed.usage_date
            )
        ) as booked_share
    from listed
    inner join dds.fact_rentals on listed.lead_id = fact_rentals.lead_id
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
