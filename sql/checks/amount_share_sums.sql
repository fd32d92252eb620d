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
        coalesce(
            (
                select
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
                            fact_fleet_usage_day.usage_date
                        )
                    )
                from dds.fact_rentals
                where fact_rentals.lead_id = any(fact_fleet_usage_day.lead_ids)
            ),
            0
        ) as booked_share
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
)

select
    days.car_id as id,
    'shares ' || trim_scale(sum(days.amount_share)) || ', bookings '
    || trim_scale(sum(days.booked_share)) as detail
from days
where days.amount_share <> days.booked_share
group by days.car_id;
