-- What:  brings the days of money up to what the days of cars grew by
-- Grain: dm.revenue_day: one row per day between the first and the last of which anything is known
-- Reads: mart_reading and day_sums (of the files before)

create temporary table desired_rows (
    like dm.revenue_day
) on commit drop;

with span as (
    select
        min(day_sums.usage_date) as first_day,
        greatest(max(day_sums.usage_date), max(mart_reading.last_day)) as last_day
    from day_sums
    cross join mart_reading
    where
        day_sums.car_days > 0
        or day_sums.rented_days > 0
        or day_sums.unattributed_bookings > 0
),

days as (
    select
        calendar.usage_date::date as usage_date,
        calendar.usage_date::date > mart_reading.last_day as is_ahead,
        coalesce(day_sums.car_days, 0) as car_days,
        coalesce(day_sums.rented_days, 0) as rented_days,
        coalesce(day_sums.charged_days, 0) as charged_days,
        coalesce(day_sums.unpriced_days, 0) as unpriced_days,
        coalesce(day_sums.unattributed_bookings, 0) as unattributed_bookings,
        coalesce(day_sums.revenue, 0) as revenue,
        coalesce(day_sums.unattributed_revenue, 0) as unattributed_revenue
    from span
    cross join mart_reading
    cross join lateral generate_series(
        span.first_day::timestamp, span.last_day::timestamp, interval '1 day'
    ) as calendar (usage_date)
    left join day_sums on calendar.usage_date::date = day_sums.usage_date
)

insert into desired_rows (
    usage_date, revenue, rented_days, charged_days, unpriced_days, car_days,
    adr, rpd, revpac, unattributed_revenue, unattributed_bookings, is_ahead
)
select
    days.usage_date,
    days.revenue,
    days.rented_days,
    days.charged_days,
    days.unpriced_days,
    case when not days.is_ahead then days.car_days end as car_days,
    days.revenue / nullif(days.rented_days, 0) as adr,
    days.revenue / nullif(days.charged_days, 0) as rpd,
    case when not days.is_ahead then days.revenue / nullif(days.car_days, 0) end
        as revpac,
    days.unattributed_revenue,
    days.unattributed_bookings,
    days.is_ahead
from days;

analyze desired_rows;

create temporary table row_changes on commit drop as
select
    revenue_day.usage_date as usage_date_before,
    desired_rows.usage_date
from dm.revenue_day
full join desired_rows on revenue_day.usage_date = desired_rows.usage_date
where row(revenue_day.*) is distinct from row(desired_rows.*);

delete from dm.revenue_day
using row_changes
where revenue_day.usage_date = row_changes.usage_date_before;

insert into dm.revenue_day
select desired_rows.*
from desired_rows
inner join row_changes on desired_rows.usage_date = row_changes.usage_date;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, mart_reading.last_day,
    mart_reading.settings
)
from mart_reading;

select count(*) as rows_written
from row_changes;
