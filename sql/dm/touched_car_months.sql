-- What:  finds the months of cars whose figures may have changed
-- Grain: touched_car_months: a car and month; touched_months: a month
-- Reads: mart_reading (of car_days_reading.sql), dds.changed_car_day, dds.fact_fleet_usage_day,
--        dds.dim_car, dm.unattributed_booking
--
-- That are the months of changed days and those into which the last finished day has moved on;
-- the mart itself adds the months of cars that are of another model now.

create temporary table touched_car_months (
    car_id bigint not null,
    month date not null,
    primary key (car_id, month)
) on commit drop;

with new_months as (
    select
        date_trunc('month', mart_reading.last_day_before + 1)::date as first_day,
        (
            date_trunc('month', mart_reading.last_day) + interval '1 month - 1 day'
        )::date as last_day
    from mart_reading
    where
        not mart_reading.is_everything
        and mart_reading.last_day > mart_reading.last_day_before
)

insert into touched_car_months (car_id, month)
select
    noted.car_id,
    date_trunc('month', noted.usage_date)::date as month
from mart_reading
cross join lateral dds.car_days_noted(
    mart_reading.read_from, mart_reading.read_to
) as noted
where not mart_reading.is_everything
union
-- The fleet has such a month even where no car has a day in it.
select
    0 as car_id,
    calendar.month::date as month
from new_months
cross join lateral generate_series(
    new_months.first_day::timestamp, new_months.last_day::timestamp, interval '1 month'
) as calendar (month)
union
select
    fact_fleet_usage_day.car_id,
    date_trunc('month', fact_fleet_usage_day.usage_date)::date as month
from new_months
inner join dds.fact_fleet_usage_day
    on
        new_months.first_day <= fact_fleet_usage_day.usage_date
        and new_months.last_day >= fact_fleet_usage_day.usage_date
union
select
    unattributed_booking.car_id,
    date_trunc('month', unattributed_booking.usage_date)::date as month
from new_months
inner join dm.unattributed_booking
    on
        new_months.first_day <= unattributed_booking.usage_date
        and new_months.last_day >= unattributed_booking.usage_date
union
-- All months of all cars: to list those that have days would take longer than to find none.
select
    dim_car.car_id,
    calendar.month::date as month
from mart_reading
cross join (
    select
        date_trunc('month', min(fact_fleet_usage_day.usage_date)) as first_month,
        max(fact_fleet_usage_day.usage_date)::timestamp as last_day
    from dds.fact_fleet_usage_day
) as span
cross join lateral generate_series(
    span.first_month, span.last_day, interval '1 month'
) as calendar (month)
inner join dds.dim_car on mart_reading.is_everything
union
select
    unattributed_booking.car_id,
    date_trunc('month', unattributed_booking.usage_date)::date as month
from mart_reading
inner join dm.unattributed_booking on mart_reading.is_everything;

analyze touched_car_months;

select count(*) as car_months_touched
from touched_car_months;
