-- What:  how much of the fleet, of a model or of a car was rented, month by month
-- Grain: one row per month
-- Reads: dm.fleet_utilisation_month; $1 first and $2 last month (first days), $3 car or null, $4
--        model or null
select
    fleet_utilisation_month.month::text as month,
    fleet_utilisation_month.car_days,
    fleet_utilisation_month.rented_days,
    fleet_utilisation_month.idle_days,
    fleet_utilisation_month.double_booked_days,
    fleet_utilisation_month.longest_idle_run,
    fleet_utilisation_month.utilisation::text as utilisation,
    fleet_utilisation_month.days_so_far,
    fleet_utilisation_month.is_complete
from dm.fleet_utilisation_month
where
    fleet_utilisation_month.month between $1::date and $2::date
    and case
        when $3::bigint is not null
            then
                fleet_utilisation_month.level = 'car'
                and fleet_utilisation_month.car_id = $3::bigint
        when $4::text is not null
            then
                fleet_utilisation_month.level = 'model'
                and fleet_utilisation_month.model = $4::text
        else fleet_utilisation_month.level = 'fleet'
    end
order by fleet_utilisation_month.month
