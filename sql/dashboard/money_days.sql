-- What:  what bookings bring in on each day of a period, days ahead too
-- Grain: one row per day that anything is known of
-- Reads: dm.revenue_day; $1 first and $2 last day
select
    revenue_day.usage_date::text as usage_date,
    revenue_day.revenue::text as revenue,
    revenue_day.rented_days,
    revenue_day.charged_days,
    revenue_day.unpriced_days,
    revenue_day.car_days,
    revenue_day.adr::text as adr,
    revenue_day.rpd::text as rpd,
    revenue_day.revpac::text as revpac,
    revenue_day.unattributed_revenue::text as unattributed_revenue,
    revenue_day.unattributed_bookings,
    revenue_day.is_ahead
from dm.revenue_day
where revenue_day.usage_date between $1::date and $2::date
order by revenue_day.usage_date
