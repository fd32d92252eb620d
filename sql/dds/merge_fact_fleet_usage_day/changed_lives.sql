-- What:  finds the days of cars that came into the fleet, left it or bear another plate
-- Grain: changed_car_days: a car and day more; changed_cars: one row per car of those days
-- Reads: cars_to_compare and car_lives (of car_lives.sql), changed_car_days and booked (of
--        changed_days.sql), dds.fact_fleet_usage_day

insert into changed_car_days (car_id, usage_date)
with days_of_lives as (
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date
    from cars_to_compare
    inner join dds.fact_fleet_usage_day
        on cars_to_compare.car_id = fact_fleet_usage_day.car_id
    left join car_lives
        on
            cars_to_compare.car_id = car_lives.car_id
            and fact_fleet_usage_day.usage_date
            between car_lives.version_from and car_lives.version_to
    where
        car_lives.car_id is null
        or fact_fleet_usage_day.plate is distinct from car_lives.plate
        or (
            not fact_fleet_usage_day.is_rented
            and (
                fact_fleet_usage_day.usage_date
                between car_lives.first_day and car_lives.last_idle_day
            ) is not true
        )
    -- Days that are there, and days that are not.
    union all
    select
        car_lives.car_id,
        greatest(car_lives.version_from, car_lives.first_day) + calendar.place
            as usage_date
    from cars_to_compare
    inner join car_lives on cars_to_compare.car_id = car_lives.car_id
    cross join lateral generate_series(
        0,
        car_lives.last_idle_day - greatest(car_lives.version_from, car_lives.first_day)
    ) as calendar (place)
    left join dds.fact_fleet_usage_day
        on
            car_lives.car_id = fact_fleet_usage_day.car_id
            and greatest(car_lives.version_from, car_lives.first_day) + calendar.place
            = fact_fleet_usage_day.usage_date
    where fact_fleet_usage_day.car_id is null
),

-- Read before any is put in: a join to the table itself, which is empty in a first build, would
-- look for each day among those that it puts in.
known_days as materialized (
    select
        changed_car_days.car_id,
        changed_car_days.usage_date
    from changed_car_days
)

select
    days_of_lives.car_id,
    days_of_lives.usage_date
from days_of_lives
where
    not exists (
        select
        from known_days
        where
            known_days.car_id = days_of_lives.car_id
            and known_days.usage_date = days_of_lives.usage_date
    );

-- Of a first build that were days of lives alone: those that are booked outside of them.
insert into changed_car_days (car_id, usage_date)
-- Nearly all spans are within one life, and need not be taken apart to be seen so.
with reaching_out as materialized (
    select
        booked.car_id,
        greatest(booked.first_day, reading.first_day) as first_day,
        least(booked.last_day, reading.horizon_ends_on) as last_day
    from booked
    cross join reading
    left join car_lives
        on
            booked.car_id = car_lives.car_id
            and booked.first_day
            >= greatest(car_lives.version_from, car_lives.first_day)
            and booked.last_day <= car_lives.last_idle_day
    where reading.is_first and car_lives.car_id is null
)

select
    reaching_out.car_id,
    reaching_out.first_day + calendar.place as usage_date
from reaching_out
cross join lateral generate_series(
    0, reaching_out.last_day - reaching_out.first_day
) as calendar (place)
except
select
    changed_car_days.car_id,
    changed_car_days.usage_date
from changed_car_days
where exists (select from reaching_out);

analyze changed_car_days;

create temporary table changed_cars on commit drop as
select
    changed_car_days.car_id as id,
    count(*) as days
from changed_car_days
group by changed_car_days.car_id;

select coalesce(sum(changed_cars.days), 0)::bigint as rows_read
from changed_cars;
