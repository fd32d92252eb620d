-- What:  writes the months of money of the cars that changed
-- Grain: one row per month and car
-- Reads: mart_reading, touched_car_months and month_sums (of the files before),
--        dm.revenue_month (the cars of a model or the fleet), dm.unattributed_booking

create temporary table desired_rows (
    like dm.revenue_month
) on commit drop;

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0
) on commit drop;

with sums as (
    select
        month_sums.month,
        'car' as level,
        month_sums.car_id,
        coalesce(dim_car.model, '(none)') as model,
        coalesce(sum(month_sums.revenue), 0) as revenue,
        coalesce(sum(month_sums.rented_days), 0) as rented_days,
        coalesce(sum(month_sums.charged_days), 0) as charged_days,
        coalesce(sum(month_sums.unpriced_days), 0) as unpriced_days,
        coalesce(sum(month_sums.car_days), 0) as car_days,
        coalesce(sum(month_sums.unattributed_revenue), 0) as unattributed_revenue,
        coalesce(sum(month_sums.unattributed_bookings), 0) as unattributed_bookings,
        coalesce(sum(month_sums.revenue_ahead), 0) as revenue_ahead,
        coalesce(sum(month_sums.rented_days_ahead), 0) as rented_days_ahead,
        coalesce(sum(month_sums.unattributed_revenue_ahead), 0) as unattributed_revenue_ahead,
        coalesce(sum(month_sums.unattributed_bookings_ahead), 0) as unattributed_bookings_ahead
    from month_sums
    left join dds.dim_car on month_sums.car_id = dim_car.car_id
    where month_sums.car_id <> 0
    group by month_sums.month, month_sums.car_id, dim_car.model
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
cross join lateral dm.month_so_far(sums.month, mart_reading.last_day) as period
where
    sums.car_days > 0
    or sums.rented_days_ahead > 0
    or sums.unattributed_bookings > 0
    or sums.unattributed_bookings_ahead > 0;

analyze desired_rows;

with rows_gone as (
    delete from dm.revenue_month
    using touched_car_months
    where
        revenue_month.level = 'car'
        and revenue_month.car_id = touched_car_months.car_id
        and revenue_month.month = touched_car_months.month
        and not exists (
            select
            from desired_rows
            where
                desired_rows.car_id = revenue_month.car_id
                and desired_rows.month = revenue_month.month
                and row(desired_rows.*) is not distinct from row(revenue_month.*)
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

select sum(merge_counts.inserted)::bigint as car_months_written
from merge_counts;
