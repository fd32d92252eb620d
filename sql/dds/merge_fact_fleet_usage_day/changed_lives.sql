-- What:  finds the days of cars that came into the fleet, left it or bear another plate
-- Grain: other_days: a car and day more (of a first build: none, see first_days.sql)
-- Reads: reading and car_versions (of the files before), cars_to_compare and car_lives (of
--        car_lives.sql), other_days (of changed_days.sql), dds.fact_fleet_usage_day
-- If:    days_left_over
--
-- Days that are written already are there, rented or within a life, and of their plate.

insert into other_days (car_id, usage_date)
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

-- Read before any is put in: a join to the table itself, where it is empty, would look for each
-- day among those that it puts in.
known_days as materialized (
    select
        other_days.car_id,
        other_days.usage_date
    from other_days
)

select
    days_of_lives.car_id,
    days_of_lives.usage_date
from days_of_lives
where
    not (select reading.is_first from reading)
    and not exists (
        select
        from known_days
        where
            known_days.car_id = days_of_lives.car_id
            and known_days.usage_date = days_of_lives.usage_date
    );

analyze other_days;

select count(*) as cars_changed
from cars_to_compare;
