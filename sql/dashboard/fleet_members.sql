-- What:  how much of each model and of each car was rented in the months of a period, and what
--        it brought in
-- Grain: one row per model (level 'model') and per car (level 'car'); ratios are ratios of the
--        sums
-- Reads: dm.fleet_utilisation_month, dm.revenue_month, dds.dim_car; $1 as_of or null, $2 first
--        and $3 last month, $4 car or null (of the cars only), $5 model or null
with usage as (
    select fleet_utilisation_month.*
    from dm.fleet_utilisation_month
    where
        $1::date is null
        and fleet_utilisation_month.month between $2::date and $3::date
    union all
    select state.*
    from dm.fleet_utilisation_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
),

money as (
    select revenue_month.*
    from dm.revenue_month
    where $1::date is null and revenue_month.month between $2::date and $3::date
    union all
    select state.*
    from dm.revenue_month_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
),

usage_sums as (
    select
        usage.level,
        usage.car_id,
        usage.model,
        sum(usage.car_days) as car_days,
        sum(usage.rented_days) as rented_days,
        sum(usage.idle_days) as idle_days,
        sum(usage.double_booked_days) as double_booked_days,
        max(usage.longest_idle_run) as longest_idle_run
    from usage
    where
        usage.level in ('model', 'car')
        and ($4::bigint is null or usage.level = 'model' or usage.car_id = $4::bigint)
        and ($5::text is null or usage.model = $5::text)
    group by usage.level, usage.car_id, usage.model
),

money_sums as (
    select
        money.level,
        money.car_id,
        money.model,
        sum(money.revenue) as revenue
    from money
    where money.level in ('model', 'car')
    group by money.level, money.car_id, money.model
)

select
    usage_sums.level,
    usage_sums.car_id::text as car_id,
    dim_car.plate,
    usage_sums.model,
    coalesce(dim_car.is_deleted, false) as is_deleted,
    usage_sums.car_days::integer as car_days,
    usage_sums.rented_days::integer as rented_days,
    usage_sums.idle_days::integer as idle_days,
    usage_sums.longest_idle_run,
    usage_sums.double_booked_days::integer as double_booked_days,
    (usage_sums.rented_days::numeric / nullif(usage_sums.car_days, 0))::text
        as utilisation,
    coalesce(money_sums.revenue, 0)::text as revenue,
    (coalesce(money_sums.revenue, 0) / nullif(usage_sums.car_days, 0))::text as revpac
from usage_sums
left join money_sums
    on
        usage_sums.level = money_sums.level
        and usage_sums.car_id = money_sums.car_id
        and usage_sums.model = money_sums.model
left join dds.dim_car on usage_sums.car_id = dim_car.car_id and usage_sums.car_id <> 0
order by
    usage_sums.rented_days::numeric / nullif(usage_sums.car_days, 0) desc nulls last,
    usage_sums.model, usage_sums.car_id
