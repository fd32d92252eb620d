-- What:  warn: bookings of one car that cover the same day
-- Grain: one row per pair of bookings, named after the later lead
-- Reads: dds.fact_fleet_usage_day, changed_car_days
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: one of two customers will stand before an empty space. People solve that, not
-- the pipeline, so it only tells.

select
    later.lead_id as id,
    'car ' || fact_fleet_usage_day.car_id || ' is booked by lead '
    || earlier.lead_id || ' too, from ' || min(fact_fleet_usage_day.usage_date)
    || ', days: ' || count(*) as detail
from dds.fact_fleet_usage_day
inner join changed_car_days
    on
        fact_fleet_usage_day.car_id = changed_car_days.car_id
        and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
cross join lateral unnest(fact_fleet_usage_day.lead_ids) as earlier (lead_id)
cross join lateral unnest(fact_fleet_usage_day.lead_ids) as later (lead_id)
where
    fact_fleet_usage_day.rentals_cnt > 1
    and earlier.lead_id < later.lead_id
group by fact_fleet_usage_day.car_id, earlier.lead_id, later.lead_id;
