-- What:  computes the touched months of cars
-- Grain: desired_rows: one row per month and car, days up to the last finished one;
--        present_rows: one such row of the mart
-- Reads: mart_reading (of car_days_reading.sql), touched_car_months (of touched_car_months.sql),
--        dds.fact_fleet_usage_day, dds.dim_car, dm.fleet_utilisation_month

insert into touched_car_months (car_id, month)
select
    fleet_utilisation_month.car_id,
    fleet_utilisation_month.month
from dm.fleet_utilisation_month
cross join mart_reading
left join dds.dim_car on fleet_utilisation_month.car_id = dim_car.car_id
where
    fleet_utilisation_month.level = 'car'
    and (
        mart_reading.is_everything
        or fleet_utilisation_month.model <> coalesce(dim_car.model, '(none)')
    )
on conflict (car_id, month) do nothing;

create temporary table desired_rows (
    like dm.fleet_utilisation_month
) on commit drop;

with days as (
    select
        touched_car_months.car_id,
        touched_car_months.month,
        fact_fleet_usage_day.is_rented,
        fact_fleet_usage_day.is_double_booked,
        -- Idle days in a row differ from their number among the idle ones by the same.
        fact_fleet_usage_day.usage_date - (
            row_number() over (
                partition by
                    touched_car_months.car_id, touched_car_months.month,
                    fact_fleet_usage_day.is_rented
                order by fact_fleet_usage_day.usage_date
            )
        )::integer as island
    from touched_car_months
    cross join mart_reading
    inner join dds.fact_fleet_usage_day
        on
            touched_car_months.car_id = fact_fleet_usage_day.car_id
            and touched_car_months.month <= fact_fleet_usage_day.usage_date
            and (touched_car_months.month + interval '1 month')::date
            > fact_fleet_usage_day.usage_date
            and mart_reading.last_day >= fact_fleet_usage_day.usage_date
),

runs as (
    select
        days.car_id,
        days.month,
        days.is_rented,
        count(*) as days,
        count(*) filter (where days.is_double_booked) as double_booked_days
    from days
    group by days.car_id, days.month, days.is_rented, days.island
),

car_months as (
    select
        runs.car_id,
        runs.month,
        sum(runs.days) as car_days,
        coalesce(sum(runs.days) filter (where runs.is_rented), 0) as rented_days,
        coalesce(max(runs.days) filter (where not runs.is_rented), 0)
            as longest_idle_run,
        sum(runs.double_booked_days) as double_booked_days
    from runs
    group by runs.car_id, runs.month
)

insert into desired_rows (
    month, level, car_id, model, car_days, rented_days, idle_days,
    longest_idle_run, double_booked_days, utilisation, days_so_far, is_complete
)
select
    car_months.month,
    'car' as level,
    car_months.car_id,
    coalesce(dim_car.model, '(none)') as model,
    car_months.car_days,
    car_months.rented_days,
    car_months.car_days - car_months.rented_days as idle_days,
    car_months.longest_idle_run,
    car_months.double_booked_days,
    car_months.rented_days::numeric / car_months.car_days as utilisation,
    period.days_so_far,
    period.is_complete
from car_months
cross join mart_reading
cross join
    lateral dm.month_so_far(car_months.month, mart_reading.last_day) as period
left join dds.dim_car on car_months.car_id = dim_car.car_id;

analyze desired_rows;

create temporary table present_rows on commit drop as
select
    fleet_utilisation_month.month,
    fleet_utilisation_month.level,
    fleet_utilisation_month.car_id,
    fleet_utilisation_month.model
from touched_car_months
inner join dm.fleet_utilisation_month
    on
        touched_car_months.car_id = fleet_utilisation_month.car_id
        and touched_car_months.month = fleet_utilisation_month.month
        and fleet_utilisation_month.level = 'car';

analyze present_rows;

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0
) on commit drop;

select count(*) as car_months_computed
from desired_rows;
