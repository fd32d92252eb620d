-- What:  how much was rented as it stood at the end of a day: month by month, and of each model
--        and car, with what it brought in, in the months of a period
-- Grain: one row per month (level 'month': of the fleet, of a model or of a car), per model and
--        per car; ratios are ratios of the sums
-- Reads: dm.fleet_utilisation_month, dm.revenue_month and what differs since (through
--        dm.car_months_as_of), dds.dim_car; $1 as_of, $2 first and $3 last month, $4 from which
--        month on models and cars count, $5 car or null (of months and cars), $6 model or null
with car_months as materialized (
    select found.*
    from dm.car_months_as_of($1::date, $2::date, $3::date) as found
    where $6::text is null or found.model = $6::text
),

cars as (
    select
        car_months.car_id,
        car_months.model,
        sum(car_months.car_days) as car_days,
        sum(car_months.rented_days) as rented_days,
        sum(car_months.double_booked_days) as double_booked_days,
        max(car_months.longest_idle_run) as longest_idle_run,
        sum(car_months.revenue) as revenue
    from car_months
    where car_months.month >= $4::date
    group by car_months.car_id, car_months.model
),

months as (
    select
        car_months.month,
        sum(car_months.car_days) as car_days,
        sum(car_months.rented_days) as rented_days,
        sum(car_months.double_booked_days) as double_booked_days,
        max(car_months.longest_idle_run) as longest_idle_run
    from car_months
    where $5::bigint is null or car_months.car_id = $5::bigint
    group by car_months.month
),

-- The fleet has each month from the first that is known now, with or without cars.
fleet_months as (
    select calendar.month::date as month
    from (
        select min(fleet_utilisation_month.month) as month
        from dm.fleet_utilisation_month
    ) as first_known
    cross join lateral generate_series(
        greatest($2::date, first_known.month)::timestamp,
        least($3::date, $1::date)::timestamp,
        interval '1 month'
    ) as calendar (month)
    where first_known.month is not null
),

figures as (
    select
        'month' as level,
        fleet_months.month,
        0 as car_id,
        '' as model,
        coalesce(months.car_days, 0) as car_days,
        coalesce(months.rented_days, 0) as rented_days,
        coalesce(months.double_booked_days, 0) as double_booked_days,
        coalesce(months.longest_idle_run, 0) as longest_idle_run,
        0 as revenue
    from fleet_months
    left join months on fleet_months.month = months.month
    where months.month is not null or ($5::bigint is null and $6::text is null)
    union all
    select
        case when grouping(cars.car_id) = 0 then 'car' else 'model' end,
        null,
        coalesce(cars.car_id, 0),
        cars.model,
        sum(cars.car_days),
        sum(cars.rented_days),
        sum(cars.double_booked_days),
        max(cars.longest_idle_run),
        trim_scale(sum(cars.revenue))
    from cars
    group by grouping sets ((cars.car_id, cars.model), (cars.model))
    having $5::bigint is null or grouping(cars.car_id) = 1 or cars.car_id = $5::bigint
)

select
    figures.level,
    figures.month::text as month,
    figures.car_id::text as car_id,
    dim_car.plate,
    figures.model,
    coalesce(dim_car.is_deleted, false) as is_deleted,
    figures.car_days::integer as car_days,
    figures.rented_days::integer as rented_days,
    (figures.car_days - figures.rented_days)::integer as idle_days,
    figures.longest_idle_run,
    figures.double_booked_days::integer as double_booked_days,
    (figures.rented_days::numeric / nullif(figures.car_days, 0))::text as utilisation,
    figures.revenue::text as revenue,
    (figures.revenue / nullif(figures.car_days, 0))::text as revpac,
    so_far.days_so_far,
    so_far.is_complete
from figures
cross join lateral dm.month_so_far(figures.month, $1::date) as so_far
left join dds.dim_car on figures.car_id = dim_car.car_id and figures.car_id <> 0
order by
    figures.month,
    figures.rented_days::numeric / nullif(figures.car_days, 0) desc nulls last,
    figures.model, figures.car_id
