-- What:  how much of the fleet, of a model or of a car was rented, month by month
-- Grain: one row per month
-- Reads: dm.fleet_utilisation_month; $1 as_of or null, $2 first and $3 last month (first days),
--        $4 car or null, $5 model or null
with months as (
    select fleet_utilisation_month.*
    from dm.fleet_utilisation_month
    where
        $1::date is null
        and fleet_utilisation_month.month between $2::date and $3::date
    union all
    select state.*
    from dm.fleet_utilisation_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
)

select
    months.month::text as month,
    months.car_days,
    months.rented_days,
    months.idle_days,
    months.double_booked_days,
    months.longest_idle_run,
    months.utilisation::text as utilisation,
    months.days_so_far,
    months.is_complete
from months
where
    case
        when $4::bigint is not null
            then months.level = 'car' and months.car_id = $4::bigint
        when $5::text is not null
            then months.level = 'model' and months.model = $5::text
        else months.level = 'fleet'
    end
order by months.month
