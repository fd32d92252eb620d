-- What:  error: days whose unattributed bookings are not those that are listed
-- Grain: one row per day, as YYYYMMDD
-- Reads: dm.revenue_day, dm.unattributed_booking
-- Scope: everything
-- After: build_revenue_day: dm.revenue_day
--
-- Why: the leads beside a figure would not be those that it counts.

with listed as (
    select
        unattributed_booking.usage_date,
        count(*) as bookings,
        sum(unattributed_booking.revenue) as revenue
    from dm.unattributed_booking
    group by unattributed_booking.usage_date
)

select
    to_char(
        coalesce(revenue_day.usage_date, listed.usage_date), 'YYYYMMDD'
    )::bigint as id,
    'counted ' || coalesce(revenue_day.unattributed_bookings, 0) || ', listed '
    || coalesce(listed.bookings, 0) as detail
from dm.revenue_day
full join listed on revenue_day.usage_date = listed.usage_date
where
    row(
        coalesce(revenue_day.unattributed_bookings, 0),
        coalesce(revenue_day.unattributed_revenue, 0)
    ) is distinct from row(coalesce(listed.bookings, 0), coalesce(listed.revenue, 0));
