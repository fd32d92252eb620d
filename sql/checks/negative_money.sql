-- What:  warn: facts with an amount of money below zero
-- Grain: one row per lead (fleet usage: car and day)
-- Reads: dds.fact_rentals, dds.fact_fleet_usage_day, changed_*
-- Scope: changed_leads, changed_car_days
-- After: merge_fact_rentals: dds.fact_rentals
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: a rental never costs less than nothing, so it is a slip of the keyboard that
-- every sum carries on. Correct it in amoCRM; the next load takes it in. One lead's slip
-- is no reason to keep the figures of all others from people, so it only tells.

select
    fact_rentals.lead_id as id,
    concat_ws(
        ', ',
        case when fact_rentals.budget < 0 then 'budget' end,
        case when fact_rentals.dailyrate < 0 then 'dailyrate' end,
        case when fact_rentals.amount < 0 then 'amount' end
    ) || ' below 0' as detail
from dds.fact_rentals
inner join changed_leads on fact_rentals.lead_id = changed_leads.id
where
    current_setting('rental.checked_table') = 'dds.fact_rentals'
    and least(fact_rentals.budget, fact_rentals.dailyrate, fact_rentals.amount) < 0
union all
select
    fact_fleet_usage_day.car_id as id,
    'amount_share of ' || fact_fleet_usage_day.usage_date || ' below 0' as detail
from dds.fact_fleet_usage_day
inner join changed_car_days
    on
        fact_fleet_usage_day.car_id = changed_car_days.car_id
        and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
where
    current_setting('rental.checked_table') = 'dds.fact_fleet_usage_day'
    -- Known to be rare, they would be worth reading all days for; so to the planner they are not.
    and fact_fleet_usage_day.amount_share + 0 < 0;
