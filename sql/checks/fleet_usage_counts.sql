-- What:  error: days of fleet usage whose numbers do not fit their list of leads
-- Grain: one row per car and day
-- Reads: changed_days (what dds.fact_fleet_usage_day has of changed_car_days)
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: reports read the number, the two flags and the list for one another.

select
    changed_days.car_id as id,
    changed_days.usage_date || ' counts '
    || changed_days.rentals_cnt || ' and lists '
    || cardinality(changed_days.lead_ids) as detail
from changed_days
where
    changed_days.rentals_cnt <> cardinality(changed_days.lead_ids)
    or changed_days.is_rented
    <> (changed_days.rentals_cnt > 0)
    or changed_days.is_double_booked
    <> (changed_days.rentals_cnt > 1);
