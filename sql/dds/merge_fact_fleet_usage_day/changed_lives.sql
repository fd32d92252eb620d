-- What:  finds the days of cars that came into the fleet, left it or bear another plate
-- Grain: changed_car_days: a car and day more
-- Reads: cars_to_compare and car_lives (of car_lives.sql), car_versions (of car_versions.sql),
--        changed_car_days (of changed_days.sql), dds.fact_fleet_usage_day

insert into changed_car_days (car_id, usage_date)
with days_of_lives as (
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date
    from cars_to_compare
    inner join dds.fact_fleet_usage_day
        on cars_to_compare.car_id = fact_fleet_usage_day.car_id
    left join car_lives on cars_to_compare.car_id = car_lives.car_id
    left join car_versions
        on
            cars_to_compare.car_id = car_versions.car_id
            and fact_fleet_usage_day.usage_date
            between car_versions.first_day and car_versions.last_day
    where
        car_lives.car_id is null
        or fact_fleet_usage_day.plate is distinct from car_versions.plate
        or (
            not fact_fleet_usage_day.is_rented
            and (
                fact_fleet_usage_day.usage_date
                between car_lives.first_day and car_versions.last_idle_day
            ) is not true
        )
    -- Days that are there, and days that are not.
    union all
    select
        car_versions.car_id,
        greatest(car_versions.first_day, car_lives.first_day) + calendar.place
            as usage_date
    from cars_to_compare
    inner join car_lives on cars_to_compare.car_id = car_lives.car_id
    inner join car_versions on cars_to_compare.car_id = car_versions.car_id
    cross join lateral generate_series(
        0,
        car_versions.last_idle_day - greatest(car_versions.first_day, car_lives.first_day)
    ) as calendar (place)
    left join dds.fact_fleet_usage_day
        on
            car_versions.car_id = fact_fleet_usage_day.car_id
            and greatest(car_versions.first_day, car_lives.first_day) + calendar.place
            = fact_fleet_usage_day.usage_date
    where fact_fleet_usage_day.car_id is null
)

select
    days_of_lives.car_id,
    days_of_lives.usage_date
from days_of_lives
where
    not exists (
        select
        from changed_car_days
        where
            changed_car_days.car_id = days_of_lives.car_id
            and changed_car_days.usage_date = days_of_lives.usage_date
    );

analyze changed_car_days;

create temporary table changed_cars on commit drop as
select distinct changed_car_days.car_id as id
from changed_car_days;

select count(*) as rows_read
from changed_car_days;
