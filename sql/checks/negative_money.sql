-- What:  warn: facts with an amount of money below zero
-- Grain: one row per lead (fleet usage: car and day)
-- Reads: changed_rentals (what dds.fact_rentals has of changed_leads), suspect_days (of
--        ops/scope_days.sql)
-- Scope: changed_leads, changed_car_days
-- After: merge_fact_rentals: dds.fact_rentals
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: a rental never costs less than nothing, so it is a slip of the keyboard that
-- every sum carries on. Correct it in amoCRM; the next load takes it in. One lead's slip
-- is no reason to keep the figures of all others from people, so it only tells.

select
    changed_rentals.lead_id as id,
    concat_ws(
        ', ',
        case when changed_rentals.budget < 0 then 'budget' end,
        case when changed_rentals.dailyrate < 0 then 'dailyrate' end,
        case when changed_rentals.amount < 0 then 'amount' end
    ) || ' below 0' as detail
from changed_rentals
where
    current_setting('rental.checked_table') = 'dds.fact_rentals'
    and least(changed_rentals.budget, changed_rentals.dailyrate, changed_rentals.amount) < 0
union all
select
    suspect_days.car_id as id,
    'amount_share of ' || suspect_days.usage_date || ' below 0' as detail
from suspect_days
where
    current_setting('rental.checked_table') = 'dds.fact_fleet_usage_day'
    and suspect_days.amount_share < 0;
