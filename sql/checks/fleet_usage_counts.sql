-- What:  error: days of fleet usage whose numbers do not fit their list of leads
-- Grain: one row per car and day
-- Reads: dds.fact_fleet_usage_day, changed_car_days
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: reports read the number, the two flags and the list for one another.

select
    fact_fleet_usage_day.car_id as id,
    fact_fleet_usage_day.usage_date || ' counts '
    || fact_fleet_usage_day.rentals_cnt || ' and lists '
    || cardinality(fact_fleet_usage_day.lead_ids) as detail
from dds.fact_fleet_usage_day
inner join changed_car_days
    on
        fact_fleet_usage_day.car_id = changed_car_days.car_id
        and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
where
    fact_fleet_usage_day.rentals_cnt <> cardinality(fact_fleet_usage_day.lead_ids)
    or fact_fleet_usage_day.is_rented
    <> (fact_fleet_usage_day.rentals_cnt > 0)
    or fact_fleet_usage_day.is_double_booked
    <> (fact_fleet_usage_day.rentals_cnt > 1);
