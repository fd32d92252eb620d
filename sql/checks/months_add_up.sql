-- What:  error: months of money that are not the sums of their days
-- Grain: one row per month, as YYYYMM
-- Reads: dm.revenue_day, dm.revenue_month
-- Scope: everything
-- After: build_revenue_month: dm.revenue_month
--
-- Why: a page would show one revenue by day and another by month.

with days as (
    select
        date_trunc('month', revenue_day.usage_date)::date as month,
        sum(revenue_day.revenue) as revenue,
        sum(revenue_day.rented_days) as rented_days,
        coalesce(
            sum(revenue_day.car_days) filter (where not revenue_day.is_ahead), 0
        ) as car_days,
        sum(revenue_day.unattributed_revenue) as unattributed_revenue
    from dm.revenue_day
    group by 1
),

months as (
    select
        revenue_month.month,
        revenue_month.revenue + revenue_month.revenue_ahead as revenue,
        revenue_month.rented_days + revenue_month.rented_days_ahead as rented_days,
        revenue_month.car_days,
        revenue_month.unattributed_revenue
        + revenue_month.unattributed_revenue_ahead as unattributed_revenue
    from dm.revenue_month
    where revenue_month.level = 'fleet'
)

select
    to_char(months.month, 'YYYYMM')::bigint as id,
    'revenue ' || trim_scale(months.revenue) || ', days '
    || trim_scale(coalesce(days.revenue, 0)) || '; rented days '
    || months.rented_days || ', days ' || coalesce(days.rented_days, 0) as detail
from months
left join days on months.month = days.month
where
    row(
        months.revenue, months.rented_days, months.car_days,
        months.unattributed_revenue
    ) is distinct from row(
        coalesce(days.revenue, 0), coalesce(days.rented_days, 0),
        coalesce(days.car_days, 0), coalesce(days.unattributed_revenue, 0)
    );
