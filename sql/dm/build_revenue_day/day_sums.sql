-- What:  sums up the days of money: what they were, and what the days of cars grew by
-- Grain: day_sums: one row per day of which anything is known
-- Reads: mart_reading (of car_days_reading.sql), dm.revenue_day, dds.changed_car_day,
--        dds.fact_fleet_usage_day (cars of days that are finished now; everything when built
--        anew), dm.unattributed_booking

create temporary table day_sums on commit drop as
with growth as (
    select
        revenue_day.usage_date,
        revenue_day.car_days,
        revenue_day.rented_days,
        revenue_day.charged_days,
        revenue_day.unpriced_days,
        revenue_day.unattributed_bookings,
        revenue_day.revenue,
        revenue_day.unattributed_revenue
    from dm.revenue_day
    cross join mart_reading
    where not mart_reading.is_everything
    union all
    select
        noted.usage_date,
        noted.car_days,
        noted.rented_days,
        noted.charged_days,
        noted.unpriced_days,
        noted.unattributed_bookings,
        noted.revenue,
        noted.unattributed_revenue
    from mart_reading
    cross join lateral dds.car_days_noted(
        mart_reading.read_from, mart_reading.read_to
    ) as noted
    where not mart_reading.is_everything
    union all
    select
        fact_fleet_usage_day.usage_date,
        count(*) as car_days,
        count(*) filter (where fact_fleet_usage_day.is_rented) as rented_days,
        sum(fact_fleet_usage_day.charged_days) as charged_days,
        count(*) filter (where fact_fleet_usage_day.is_unpriced) as unpriced_days,
        0 as unattributed_bookings,
        sum(fact_fleet_usage_day.amount_share) as revenue,
        0 as unattributed_revenue
    from mart_reading
    inner join dds.fact_fleet_usage_day on mart_reading.is_everything
    group by fact_fleet_usage_day.usage_date
    union all
    select
        unattributed_booking.usage_date,
        0 as car_days,
        0 as rented_days,
        0 as charged_days,
        0 as unpriced_days,
        count(*) as unattributed_bookings,
        0 as revenue,
        sum(unattributed_booking.revenue) as unattributed_revenue
    from mart_reading
    inner join dm.unattributed_booking on mart_reading.is_everything
    group by unattributed_booking.usage_date
),

-- The cars of a day that was ahead and is finished now have not been counted before.
finished_days as (
    select
        fact_fleet_usage_day.usage_date,
        count(*) as car_days
    from mart_reading
    inner join dds.fact_fleet_usage_day
        on
            mart_reading.last_day_before < fact_fleet_usage_day.usage_date
            and mart_reading.last_day >= fact_fleet_usage_day.usage_date
    where not mart_reading.is_everything
    group by fact_fleet_usage_day.usage_date
),

sums as (
    select
        growth.usage_date,
        coalesce(sum(growth.car_days), 0) as car_days,
        sum(growth.rented_days) as rented_days,
        sum(growth.charged_days) as charged_days,
        sum(growth.unpriced_days) as unpriced_days,
        sum(growth.unattributed_bookings) as unattributed_bookings,
        sum(growth.revenue) as revenue,
        sum(growth.unattributed_revenue) as unattributed_revenue
    from growth
    group by growth.usage_date
)

select
    coalesce(sums.usage_date, finished_days.usage_date) as usage_date,
    case
        when coalesce(sums.usage_date, finished_days.usage_date) > mart_reading.last_day
            then 0
        when
            coalesce(sums.usage_date, finished_days.usage_date)
            > mart_reading.last_day_before
            and not mart_reading.is_everything
            then coalesce(finished_days.car_days, 0)
        else sums.car_days
    end as car_days,
    coalesce(sums.rented_days, 0) as rented_days,
    coalesce(sums.charged_days, 0) as charged_days,
    coalesce(sums.unpriced_days, 0) as unpriced_days,
    coalesce(sums.unattributed_bookings, 0) as unattributed_bookings,
    trim_scale(coalesce(sums.revenue, 0)) as revenue,
    trim_scale(coalesce(sums.unattributed_revenue, 0)) as unattributed_revenue
from sums
full join finished_days on sums.usage_date = finished_days.usage_date
cross join mart_reading;

select count(*) as days_computed
from day_sums;
