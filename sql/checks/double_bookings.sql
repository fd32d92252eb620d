-- What:  warn: bookings of one car that cover the same day
-- Grain: one row per pair of bookings, named after the later lead
-- Reads: suspect_days (of ops/scope_days.sql)
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: one of two customers will stand before an empty space. People solve that, not
-- the pipeline, so it only tells.

select
    later.lead_id as id,
    'car ' || suspect_days.car_id || ' is booked by lead '
    || earlier.lead_id || ' too, from ' || min(suspect_days.usage_date)
    || ', days: ' || count(*) as detail
from suspect_days
cross join lateral unnest(suspect_days.lead_ids) as earlier (lead_id)
cross join lateral unnest(suspect_days.lead_ids) as later (lead_id)
where
    suspect_days.rentals_cnt > 1
    and earlier.lead_id < later.lead_id
group by suspect_days.car_id, earlier.lead_id, later.lead_id;
