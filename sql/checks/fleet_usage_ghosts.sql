-- What:  error: days of fleet usage that list a lead which does not book the car that day
-- Grain: one row per car, day and lead
-- Reads: suspect_days (of ops/scope_days.sql), listed_rentals (what dds.fact_rentals has of the
--        leads on them)
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: a shortened, moved or cancelled rental must leave no rented day behind: it would
-- count as utilisation and revenue that never was.

-- Nearly all lists have one lead, which is no list to take apart.
with listed as (
    select
        suspect_days.car_id,
        suspect_days.usage_date,
        suspect_days.lead_ids[1] as lead_id
    from suspect_days
    where cardinality(suspect_days.lead_ids) = 1
    union all
    select
        suspect_days.car_id,
        suspect_days.usage_date,
        lead_ids.lead_id
    from suspect_days
    cross join lateral unnest(suspect_days.lead_ids) as lead_ids (lead_id)
    where cardinality(suspect_days.lead_ids) > 1
)

select
    listed.car_id as id,
    listed.usage_date || ' lists lead ' || listed.lead_id as detail
from listed
left join listed_rentals
    on
        listed.lead_id = listed_rentals.lead_id
        and listed.car_id = listed_rentals.car_id
        and listed_rentals.is_booking
        and listed.usage_date
        between listed_rentals.first_day and listed_rentals.last_day
where listed_rentals.lead_id is null;
