-- What:  how much of each model and of each car was rented in the months of a period, and what
--        it brought in
-- Grain: one row per model (level 'model') and per car (level 'car'); ratios are ratios of the
--        sums
-- Reads: dm.fleet_utilisation_month, dm.revenue_month, dds.dim_car; $1 first and $2 last month,
--        $3 car or null (of the cars only), $4 model or null
with usage as (
    select
        fleet_utilisation_month.car_id,
        fleet_utilisation_month.model,
        fleet_utilisation_month.car_days,
        fleet_utilisation_month.rented_days,
        fleet_utilisation_month.longest_idle_run,
        fleet_utilisation_month.double_booked_days
    from dm.fleet_utilisation_month
    where
        fleet_utilisation_month.level = 'car'
        and fleet_utilisation_month.month between $1::date and $2::date
),

money as (
    select
        revenue_month.car_id,
        revenue_month.model,
        revenue_month.revenue
    from dm.revenue_month
    where
        revenue_month.level = 'car'
        and revenue_month.month between $1::date and $2::date
),

-- Months by car first, and cars by model: each month twice would take longer.
usage_of_cars as (
    select
        usage.car_id,
        usage.model,
        sum(usage.car_days) as car_days,
        sum(usage.rented_days) as rented_days,
        sum(usage.double_booked_days) as double_booked_days,
        max(usage.longest_idle_run) as longest_idle_run
    from usage
    where $4::text is null or usage.model = $4::text
    group by usage.car_id, usage.model
),

usage_sums as (
    select
        case when grouping(cars.car_id) = 0 then 'car' else 'model' end as level,
        coalesce(cars.car_id, 0) as car_id,
        cars.model,
        sum(cars.car_days) as car_days,
        sum(cars.rented_days) as rented_days,
        sum(cars.double_booked_days) as double_booked_days,
        max(cars.longest_idle_run) as longest_idle_run
    from usage_of_cars as cars
    group by grouping sets ((cars.car_id, cars.model), (cars.model))
    having $3::bigint is null or grouping(cars.car_id) = 1 or cars.car_id = $3::bigint
),

money_of_cars as (
    select
        money.car_id,
        money.model,
        sum(money.revenue) as revenue
    from money
    where $4::text is null or money.model = $4::text
    group by money.car_id, money.model
),

money_sums as (
    select
        coalesce(cars.car_id, 0) as car_id,
        cars.model,
        trim_scale(sum(cars.revenue)) as revenue
    from money_of_cars as cars
    group by grouping sets ((cars.car_id, cars.model), (cars.model))
)

select
    usage_sums.level,
    usage_sums.car_id::text as car_id,
    dim_car.plate,
    usage_sums.model,
    coalesce(dim_car.is_deleted, false) as is_deleted,
    usage_sums.car_days::integer as car_days,
    usage_sums.rented_days::integer as rented_days,
    (usage_sums.car_days - usage_sums.rented_days)::integer as idle_days,
    usage_sums.longest_idle_run,
    usage_sums.double_booked_days::integer as double_booked_days,
    (usage_sums.rented_days::numeric / nullif(usage_sums.car_days, 0))::text
        as utilisation,
    coalesce(money_sums.revenue, 0)::text as revenue,
    (coalesce(money_sums.revenue, 0) / nullif(usage_sums.car_days, 0))::text as revpac
from usage_sums
left join money_sums
    on usage_sums.car_id = money_sums.car_id and usage_sums.model = money_sums.model
left join dds.dim_car on usage_sums.car_id = dim_car.car_id and usage_sums.car_id <> 0
order by
    usage_sums.rented_days::numeric / nullif(usage_sums.car_days, 0) desc nulls last,
    usage_sums.model, usage_sums.car_id
