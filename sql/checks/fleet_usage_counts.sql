-- What:  error: days of fleet usage whose numbers do not fit their list of leads
-- Grain: one row per car and day
-- Reads: suspect_days (of ops/scope_days.sql)
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: reports read the number, the two flags and the list for one another.

select
    suspect_days.car_id as id,
    suspect_days.usage_date || ' counts '
    || suspect_days.rentals_cnt || ' and lists '
    || cardinality(suspect_days.lead_ids) as detail
from suspect_days
where
    suspect_days.rentals_cnt <> cardinality(suspect_days.lead_ids)
    or suspect_days.is_rented
    <> (suspect_days.rentals_cnt > 0)
    or suspect_days.is_double_booked
    <> (suspect_days.rentals_cnt > 1);
