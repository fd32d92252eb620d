-- What:  computes the months of models and the fleet
-- Grain: desired_rows: one row per month and model or fleet; present_rows: one such row of the mart
-- Reads: mart_reading, touched_car_months (of the files before), dm.fleet_utilisation_month (its
--        cars)
--
-- Of touched months, and of those that the fleet has no row for yet.

truncate desired_rows, present_rows;

create temporary table months_to_sum on commit drop as
with span as (
    select
        min(fleet_utilisation_month.month) as first_month,
        date_trunc('month', min(mart_reading.last_day))::date as last_month
    from dm.fleet_utilisation_month
    cross join mart_reading
    where fleet_utilisation_month.level = 'car'
)

select calendar.month::date as month
from span
cross join lateral generate_series(
    span.first_month::timestamp, span.last_month::timestamp, interval '1 month'
) as calendar (month)
where
    calendar.month::date in (
        select touched_car_months.month
        from touched_car_months
    )
    or not exists (
        select
        from dm.fleet_utilisation_month
        where
            fleet_utilisation_month.level = 'fleet'
            and fleet_utilisation_month.month = calendar.month::date
    );

insert into desired_rows
select
    months_to_sum.month,
    case when grouping(cars.model) = 0 then 'model' else 'fleet' end as level,
    0 as car_id,
    case when grouping(cars.model) = 0 then cars.model else '' end as model,
    coalesce(sum(cars.car_days), 0) as car_days,
    coalesce(sum(cars.rented_days), 0) as rented_days,
    coalesce(sum(cars.idle_days), 0) as idle_days,
    coalesce(max(cars.longest_idle_run), 0) as longest_idle_run,
    coalesce(sum(cars.double_booked_days), 0) as double_booked_days,
    sum(cars.rented_days)::numeric / nullif(sum(cars.car_days), 0) as utilisation,
    min(period.days_so_far) as days_so_far,
    bool_and(period.is_complete) as is_complete
from months_to_sum
cross join mart_reading
cross join
    lateral dm.month_so_far(months_to_sum.month, mart_reading.last_day) as period
left join dm.fleet_utilisation_month as cars
    on months_to_sum.month = cars.month and cars.level = 'car'
group by grouping sets (
    (months_to_sum.month, cars.model), (months_to_sum.month)
)
having grouping(cars.model) = 1 or cars.model is not null;

analyze desired_rows;

insert into present_rows (month, level, car_id, model)
select
    fleet_utilisation_month.month,
    fleet_utilisation_month.level,
    fleet_utilisation_month.car_id,
    fleet_utilisation_month.model
from dm.fleet_utilisation_month
where
    fleet_utilisation_month.level <> 'car'
    and (
        fleet_utilisation_month.month in (
            select touched_car_months.month
            from touched_car_months
        )
        or not exists (
            select
            from dm.fleet_utilisation_month as cars
            where
                cars.level = 'car'
                and cars.month <= fleet_utilisation_month.month
        )
    );

analyze present_rows;

select count(*) as months_computed
from desired_rows;
