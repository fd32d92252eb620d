-- What:  what bookings bring in on each day of a period, days ahead too
-- Grain: one row per day that anything is known of
-- Reads: dm.revenue_day; $1 as_of or null, $2 first and $3 last day
with days as (
    select revenue_day.*
    from dm.revenue_day
    where
        $1::date is null
        and revenue_day.usage_date between $2::date and $3::date
    union all
    select state.*
    from dm.revenue_day_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
)

select
    days.usage_date::text as usage_date,
    days.revenue::text as revenue,
    days.rented_days,
    days.charged_days,
    days.unpriced_days,
    days.car_days,
    days.adr::text as adr,
    days.rpd::text as rpd,
    days.revpac::text as revpac,
    days.unattributed_revenue::text as unattributed_revenue,
    days.unattributed_bookings,
    days.is_ahead
from days
order by days.usage_date
