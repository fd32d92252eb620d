-- What:  writes the months of money of models and the fleet that changed
-- Grain: one row per month and model or fleet
-- Reads: mart_reading, touched_car_months, desired_rows and merge_counts (of the files before),
--        dm.revenue_month (the cars of a model or the fleet), dm.unattributed_booking
--
-- Of touched months, and of those that the fleet has no row for yet.

truncate desired_rows;

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
),

sums as (
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
    having grouping(parts.model) = 1 or parts.model is not null
)

insert into desired_rows
select
    sums.month,
    sums.level,
    sums.car_id,
    sums.model,
    trim_scale(sums.revenue) as revenue,
    sums.rented_days,
    sums.charged_days,
    sums.unpriced_days,
    sums.car_days,
    trim_scale(sums.unattributed_revenue) as unattributed_revenue,
    sums.unattributed_bookings,
    trim_scale(sums.revenue) / nullif(sums.rented_days, 0) as adr,
    trim_scale(sums.revenue) / nullif(sums.charged_days, 0) as rpd,
    trim_scale(sums.revenue) / nullif(sums.car_days, 0) as revpac,
    sums.rented_days::numeric / nullif(sums.car_days, 0) as utilisation,
    trim_scale(sums.revenue_ahead) as revenue_ahead,
    sums.rented_days_ahead,
    trim_scale(sums.unattributed_revenue_ahead) as unattributed_revenue_ahead,
    sums.unattributed_bookings_ahead,
    period.days_so_far,
    period.is_complete
from sums
cross join mart_reading
cross join lateral dm.month_so_far(sums.month, mart_reading.last_day) as period;

with rows_gone as (
    delete from dm.revenue_month
    using fleet_span
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
        )
        and not exists (
            select
            from desired_rows
            where
                desired_rows.month = revenue_month.month
                and desired_rows.level = revenue_month.level
                and desired_rows.model = revenue_month.model
                and row(desired_rows.*) is not distinct
                from row(revenue_month.*)
        )
    returning revenue_month.month
)

insert into merge_counts (deleted)
select count(*)
from rows_gone;

with rows_new as (
    insert into dm.revenue_month
    select desired_rows.*
    from desired_rows
    on conflict (month, level, car_id, model) do nothing
    returning revenue_month.month
)

insert into merge_counts (inserted)
select count(*)
from rows_new;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, mart_reading.last_day,
    mart_reading.settings
)
from mart_reading;

select
    sum(merge_counts.inserted)::bigint as rows_written,
    sum(merge_counts.deleted)::bigint as rows_deleted
from merge_counts;
