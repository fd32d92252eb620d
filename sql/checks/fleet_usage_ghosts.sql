-- What:  error: days of fleet usage that list a lead which does not book the car that day
-- Grain: one row per car, day and lead
-- Reads: dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        changed_car_days
-- Scope: changed_car_days
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
    inner join changed_car_days
        on
            fact_fleet_usage_day.car_id = changed_car_days.car_id
            and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
    cross join lateral unnest(fact_fleet_usage_day.lead_ids) as lead_ids (lead_id)
    where
        cardinality(fact_fleet_usage_day.lead_ids) > 0
        -- By hand this may run between the merge of the rentals and this one.
        and not exists (
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
    listed.car_id as id,
    listed.usage_date || ' lists lead ' || listed.lead_id as detail
from listed
-- Looked up one by one: a list is guessed to hold ten leads, worth reading all rentals.
left join lateral (
    select fact_rentals.lead_id
    from dds.fact_rentals
    where
        fact_rentals.lead_id = listed.lead_id
        and fact_rentals.car_id = listed.car_id
        and fact_rentals.is_booking
        and listed.usage_date
        between dds.first_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end,
            current_setting('rental.business_tz')
        )
        and dds.last_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end,
            current_setting('rental.business_tz')
        )
    offset 0
) as booked on true
where booked.lead_id is null;
