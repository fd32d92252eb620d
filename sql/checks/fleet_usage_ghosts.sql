-- What:  error: days of fleet usage that list a lead which does not book the car that day
-- Grain: one row per car, day and lead
-- Reads: dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        changed_cars
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: a shortened, moved or cancelled rental must leave no rented day behind: it would
-- count as utilisation and revenue that never was.

with listed as (
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date,
        lead_ids.lead_id
    from dds.fact_fleet_usage_day
    inner join changed_cars on fact_fleet_usage_day.car_id = changed_cars.id
    cross join lateral unnest(fact_fleet_usage_day.lead_ids) as lead_ids (lead_id)
    where
        cardinality(fact_fleet_usage_day.lead_ids) > 0
        -- By hand this may run between the merge of the rentals and this one.
        and not exists (
            select
            from dds.fact_fleet_usage_day_pending
            where
                fact_fleet_usage_day_pending.car_id
                = fact_fleet_usage_day.car_id
        )
)

select
    listed.car_id as id,
    listed.usage_date || ' lists lead ' || listed.lead_id as detail
from listed
left join dds.fact_rentals
    on
        listed.lead_id = fact_rentals.lead_id
        and listed.car_id = fact_rentals.car_id
        and fact_rentals.is_booking
        and fact_rentals.rental_end >= fact_rentals.rental_start
        and listed.usage_date >= (
            fact_rentals.rental_start
            at time zone current_setting('rental.business_tz')
        )::date
        and listed.usage_date <= greatest(
            (
                fact_rentals.rental_start
                at time zone current_setting('rental.business_tz')
            )::date,
            (
                fact_rentals.rental_end
                at time zone current_setting('rental.business_tz')
            )::date - 1
        )
where fact_rentals.lead_id is null;
