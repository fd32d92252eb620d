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

insert into desired_rows (
    month, level, car_id, model, car_days, rented_days, idle_days,
    longest_idle_run, double_booked_days, utilisation, days_so_far, is_complete
)
select
    touched_car_months.month,
    'car' as level,
    touched_car_months.car_id,
    coalesce(dim_car.model, '(none)') as model,
    figures.car_days,
    figures.rented_days,
    figures.car_days - figures.rented_days as idle_days,
    figures.longest_idle_run,
    figures.double_booked_days,
    figures.rented_days::numeric / figures.car_days as utilisation,
    period.days_so_far,
    period.is_complete
from touched_car_months
cross join mart_reading
-- Month by month: a join would lay all days of a car beside each of its months.
cross join lateral (
    with days as (
        select
            fact_fleet_usage_day.is_rented,
            fact_fleet_usage_day.is_double_booked,
            -- Idle days in a row differ from their number among the idle ones by the same.
            fact_fleet_usage_day.usage_date - (
                row_number() over (
                    partition by fact_fleet_usage_day.is_rented
                    order by fact_fleet_usage_day.usage_date
                )
            )::integer as island
        from dds.fact_fleet_usage_day
        where
            fact_fleet_usage_day.car_id = touched_car_months.car_id
            and fact_fleet_usage_day.usage_date between touched_car_months.month
            and least(
                (touched_car_months.month + interval '1 month - 1 day')::date,
                mart_reading.last_day
            )
    ),

    runs as (
        select
            days.is_rented,
            count(*) as days,
            count(*) filter (where days.is_double_booked) as double_booked_days
        from days
        group by days.is_rented, days.island
    )

    select
        sum(runs.days) as car_days,
        coalesce(sum(runs.days) filter (where runs.is_rented), 0) as rented_days,
        coalesce(max(runs.days) filter (where not runs.is_rented), 0)
            as longest_idle_run,
        sum(runs.double_booked_days) as double_booked_days
    from runs
) as figures
cross join
    lateral dm.month_so_far(touched_car_months.month, mart_reading.last_day) as period
left join dds.dim_car on touched_car_months.car_id = dim_car.car_id
where figures.car_days > 0;

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
