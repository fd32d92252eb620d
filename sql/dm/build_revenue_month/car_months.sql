-- What:  sums up the touched months of cars
-- Grain: month_sums: one row per month and car with car days, a booking or an unattributed one;
--        present_rows: one such row of the mart
-- Reads: mart_reading (of car_days_reading.sql), touched_car_months (of touched_car_months.sql),
--        dds.fact_fleet_usage_day, dm.unattributed_booking, dds.dim_car, dm.revenue_month

insert into touched_car_months (car_id, month)
select
    revenue_month.car_id,
    revenue_month.month
from dm.revenue_month
cross join mart_reading
left join dds.dim_car on revenue_month.car_id = dim_car.car_id
where
    revenue_month.level = 'car'
    and (
        mart_reading.is_everything
        or revenue_month.model <> coalesce(dim_car.model, '(none)')
    )
on conflict (car_id, month) do nothing;

create temporary table car_parts (
    car_id bigint not null,
    month date not null,
    revenue numeric not null default 0,
    rented_days bigint not null default 0,
    charged_days bigint not null default 0,
    unpriced_days bigint not null default 0,
    car_days bigint not null default 0,
    unattributed_revenue numeric not null default 0,
    unattributed_bookings bigint not null default 0,
    revenue_ahead numeric not null default 0,
    rented_days_ahead bigint not null default 0,
    unattributed_revenue_ahead numeric not null default 0,
    unattributed_bookings_ahead bigint not null default 0
) on commit drop;

-- Month by month, here and below: a join would lay all days of a car beside each of its months.
insert into car_parts (
    car_id, month, revenue, rented_days, charged_days, unpriced_days, car_days,
    revenue_ahead, rented_days_ahead
)
select
    touched_car_months.car_id,
    touched_car_months.month,
    sums.*
from touched_car_months
cross join mart_reading
cross join lateral (
    select
        coalesce(sum(usage.amount_share) filter (where not usage.is_ahead), 0) as revenue,
        count(*) filter (where usage.is_rented and not usage.is_ahead) as rented_days,
        coalesce(sum(usage.charged_days) filter (where not usage.is_ahead), 0)
            as charged_days,
        count(*) filter (where usage.is_unpriced and not usage.is_ahead)
            as unpriced_days,
        count(*) filter (where not usage.is_ahead) as car_days,
        coalesce(sum(usage.amount_share) filter (where usage.is_ahead), 0)
            as revenue_ahead,
        count(*) filter (where usage.is_rented and usage.is_ahead) as rented_days_ahead
    from (
        select
            fact_fleet_usage_day.*,
            fact_fleet_usage_day.usage_date > mart_reading.last_day as is_ahead
        from dds.fact_fleet_usage_day
        where
            fact_fleet_usage_day.car_id = touched_car_months.car_id
            and fact_fleet_usage_day.usage_date between touched_car_months.month
            and (touched_car_months.month + interval '1 month - 1 day')::date
    ) as usage
) as sums;

insert into car_parts (
    car_id, month, unattributed_revenue, unattributed_bookings,
    unattributed_revenue_ahead, unattributed_bookings_ahead
)
select
    touched_car_months.car_id,
    touched_car_months.month,
    sums.*
from touched_car_months
cross join mart_reading
cross join lateral (
    select
        coalesce(sum(lacking.revenue) filter (where not lacking.is_ahead), 0)
            as unattributed_revenue,
        count(*) filter (where not lacking.is_ahead) as unattributed_bookings,
        coalesce(sum(lacking.revenue) filter (where lacking.is_ahead), 0)
            as unattributed_revenue_ahead,
        count(*) filter (where lacking.is_ahead) as unattributed_bookings_ahead
    from (
        select
            unattributed_booking.*,
            unattributed_booking.usage_date > mart_reading.last_day as is_ahead
        from dm.unattributed_booking
        where
            unattributed_booking.car_id = touched_car_months.car_id
            and unattributed_booking.usage_date between touched_car_months.month
            and (touched_car_months.month + interval '1 month - 1 day')::date
    ) as lacking
) as sums
where sums.unattributed_bookings + sums.unattributed_bookings_ahead > 0;

create temporary table month_sums on commit drop as
select
    car_parts.month,
    'car' as level,
    car_parts.car_id,
    coalesce(dim_car.model, '(none)') as model,
    coalesce(sum(car_parts.revenue), 0) as revenue,
    coalesce(sum(car_parts.rented_days), 0) as rented_days,
    coalesce(sum(car_parts.charged_days), 0) as charged_days,
    coalesce(sum(car_parts.unpriced_days), 0) as unpriced_days,
    coalesce(sum(car_parts.car_days), 0) as car_days,
    coalesce(sum(car_parts.unattributed_revenue), 0) as unattributed_revenue,
    coalesce(sum(car_parts.unattributed_bookings), 0) as unattributed_bookings,
    coalesce(sum(car_parts.revenue_ahead), 0) as revenue_ahead,
    coalesce(sum(car_parts.rented_days_ahead), 0) as rented_days_ahead,
    coalesce(sum(car_parts.unattributed_revenue_ahead), 0) as unattributed_revenue_ahead,
    coalesce(sum(car_parts.unattributed_bookings_ahead), 0) as unattributed_bookings_ahead
from car_parts
left join dds.dim_car on car_parts.car_id = dim_car.car_id
where car_parts.car_id <> 0
group by car_parts.month, car_parts.car_id, dim_car.model
having
    sum(car_parts.car_days) > 0
    or sum(car_parts.rented_days_ahead) > 0
    or sum(car_parts.unattributed_bookings) > 0
    or sum(car_parts.unattributed_bookings_ahead) > 0;

analyze month_sums;

create temporary table present_rows on commit drop as
select
    revenue_month.month,
    revenue_month.level,
    revenue_month.car_id,
    revenue_month.model
from touched_car_months
inner join dm.revenue_month
    on
        touched_car_months.car_id = revenue_month.car_id
        and touched_car_months.month = revenue_month.month
        and revenue_month.level = 'car';

analyze present_rows;

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0
) on commit drop;

create temporary table desired_rows (
    like dm.revenue_month
) on commit drop;

select count(*) as car_months_computed
from month_sums;
