-- What:  sums up the months of models and the fleet
-- Grain: month_sums: one row per month and model or fleet; present_rows: one such row of the mart
-- Reads: mart_reading and touched_car_months (of the files before), dm.revenue_month (its cars),
--        dm.unattributed_booking (bookings without a car)
--
-- Of touched months, and of those that the fleet has no row for yet.

truncate month_sums, present_rows;

create temporary table fleet_span on commit drop as
with months as (
    select revenue_month.month
    from dm.revenue_month
    where revenue_month.level = 'car'
    union all
    select date_trunc('month', min(unattributed_booking.usage_date))::date
    from dm.unattributed_booking
    where unattributed_booking.car_id = 0
    union all
    select date_trunc('month', max(unattributed_booking.usage_date))::date
    from dm.unattributed_booking
    where unattributed_booking.car_id = 0
)

select
    min(months.month) as first_month,
    greatest(
        max(months.month), date_trunc('month', min(mart_reading.last_day))::date
    ) as last_month
from months
cross join mart_reading;

create temporary table months_to_sum on commit drop as
select calendar.month::date as month
from fleet_span
cross join lateral generate_series(
    fleet_span.first_month::timestamp, fleet_span.last_month::timestamp,
    interval '1 month'
) as calendar (month)
where
    calendar.month::date in (
        select touched_car_months.month
        from touched_car_months
    )
    or not exists (
        select
        from dm.revenue_month
        where
            revenue_month.level = 'fleet'
            and revenue_month.month = calendar.month::date
    );

with parts as (
    select
        months_to_sum.month,
        cars.model,
        cars.revenue,
        cars.rented_days,
        cars.charged_days,
        cars.unpriced_days,
        cars.car_days,
        cars.unattributed_revenue,
        cars.unattributed_bookings,
        cars.revenue_ahead,
        cars.rented_days_ahead,
        cars.unattributed_revenue_ahead,
        cars.unattributed_bookings_ahead
    from months_to_sum
    left join dm.revenue_month as cars
        on months_to_sum.month = cars.month and cars.level = 'car'
    union all
    -- Bookings without a car are of no model.
    select
        months_to_sum.month,
        null as model,
        0 as revenue,
        0 as rented_days,
        0 as charged_days,
        0 as unpriced_days,
        0 as car_days,
        lacking.revenue * (not lacking.is_ahead)::integer as unattributed_revenue,
        (not lacking.is_ahead)::integer as unattributed_bookings,
        0 as revenue_ahead,
        0 as rented_days_ahead,
        lacking.revenue * lacking.is_ahead::integer as unattributed_revenue_ahead,
        lacking.is_ahead::integer as unattributed_bookings_ahead
    from months_to_sum
    cross join mart_reading
    inner join lateral (
        select
            unattributed_booking.revenue,
            unattributed_booking.usage_date > mart_reading.last_day as is_ahead
        from dm.unattributed_booking
        where
            unattributed_booking.car_id = 0
            and unattributed_booking.usage_date >= months_to_sum.month
            and unattributed_booking.usage_date
            < (months_to_sum.month + interval '1 month')::date
    ) as lacking on true
)

insert into month_sums (
    month, level, car_id, model, revenue, rented_days, charged_days, unpriced_days,
    car_days, unattributed_revenue, unattributed_bookings, revenue_ahead,
    rented_days_ahead, unattributed_revenue_ahead, unattributed_bookings_ahead
)
select
    parts.month,
    case when grouping(parts.model) = 0 then 'model' else 'fleet' end as level,
    0::bigint as car_id,
    case when grouping(parts.model) = 0 then parts.model else '' end as model,
    coalesce(sum(parts.revenue), 0) as revenue,
    coalesce(sum(parts.rented_days), 0) as rented_days,
    coalesce(sum(parts.charged_days), 0) as charged_days,
    coalesce(sum(parts.unpriced_days), 0) as unpriced_days,
    coalesce(sum(parts.car_days), 0) as car_days,
    coalesce(sum(parts.unattributed_revenue), 0) as unattributed_revenue,
    coalesce(sum(parts.unattributed_bookings), 0) as unattributed_bookings,
    coalesce(sum(parts.revenue_ahead), 0) as revenue_ahead,
    coalesce(sum(parts.rented_days_ahead), 0) as rented_days_ahead,
    coalesce(sum(parts.unattributed_revenue_ahead), 0) as unattributed_revenue_ahead,
    coalesce(sum(parts.unattributed_bookings_ahead), 0) as unattributed_bookings_ahead
from parts
group by grouping sets ((parts.month, parts.model), (parts.month))
having grouping(parts.model) = 1 or parts.model is not null;

analyze month_sums;

insert into present_rows (month, level, car_id, model)
select
    revenue_month.month,
    revenue_month.level,
    revenue_month.car_id,
    revenue_month.model
from dm.revenue_month
cross join fleet_span
where
    revenue_month.level <> 'car'
    and (
        revenue_month.month in (
            select touched_car_months.month
            from touched_car_months
        )
        or (
            revenue_month.month
            between fleet_span.first_month and fleet_span.last_month
        ) is not true
    );

analyze present_rows;

select count(*) as months_computed
from month_sums;
