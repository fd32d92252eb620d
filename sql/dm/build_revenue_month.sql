-- What:  brings the mart to the rows as they should be, where it was computed anew
-- Grain: one row per month and car, model or fleet
-- Reads: month_sums and present_rows (of car_months.sql, of totals.sql), mart_reading
--
-- Runs twice: for cars, and for the models and the fleet that are their sums.

truncate desired_rows;

insert into desired_rows
select
    month_sums.month,
    month_sums.level,
    month_sums.car_id,
    month_sums.model,
    trim_scale(month_sums.revenue) as revenue,
    month_sums.rented_days,
    month_sums.charged_days,
    month_sums.unpriced_days,
    month_sums.car_days,
    trim_scale(month_sums.unattributed_revenue) as unattributed_revenue,
    month_sums.unattributed_bookings,
    trim_scale(month_sums.revenue) / nullif(month_sums.rented_days, 0) as adr,
    trim_scale(month_sums.revenue) / nullif(month_sums.charged_days, 0) as rpd,
    trim_scale(month_sums.revenue) / nullif(month_sums.car_days, 0) as revpac,
    month_sums.rented_days::numeric / nullif(month_sums.car_days, 0) as utilisation,
    trim_scale(month_sums.revenue_ahead) as revenue_ahead,
    month_sums.rented_days_ahead,
    trim_scale(month_sums.unattributed_revenue_ahead) as unattributed_revenue_ahead,
    month_sums.unattributed_bookings_ahead,
    period.days_so_far,
    period.is_complete
from month_sums
cross join mart_reading
cross join lateral dm.month_so_far(month_sums.month, mart_reading.last_day) as period;

analyze desired_rows;

with rows_gone as (
    delete from dm.revenue_month
    using present_rows
    where
        revenue_month.month = present_rows.month
        and revenue_month.level = present_rows.level
        and revenue_month.car_id = present_rows.car_id
        and revenue_month.model = present_rows.model
        and not exists (
            select
            from desired_rows
            where
                desired_rows.month = revenue_month.month
                and desired_rows.level = revenue_month.level
                and desired_rows.car_id = revenue_month.car_id
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
