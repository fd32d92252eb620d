-- What:  what bookings bring in month by month, of the fleet, of a model or of a car
-- Grain: one row per month
-- Reads: dm.revenue_month; $1 first and $2 last month (first days), $3 car or null, $4 model or
--        null
select
    revenue_month.month::text as month,
    revenue_month.revenue::text as revenue,
    revenue_month.rented_days,
    revenue_month.charged_days,
    revenue_month.unpriced_days,
    revenue_month.car_days,
    revenue_month.adr::text as adr,
    revenue_month.rpd::text as rpd,
    revenue_month.revpac::text as revpac,
    revenue_month.utilisation::text as utilisation,
    revenue_month.unattributed_revenue::text as unattributed_revenue,
    revenue_month.unattributed_bookings,
    revenue_month.revenue_ahead::text as revenue_ahead,
    revenue_month.rented_days_ahead,
    revenue_month.unattributed_revenue_ahead::text as unattributed_revenue_ahead,
    revenue_month.unattributed_bookings_ahead,
    revenue_month.days_so_far,
    revenue_month.is_complete
from dm.revenue_month
where
    revenue_month.month between $1::date and $2::date
    and case
        when $3::bigint is not null
            then revenue_month.level = 'car' and revenue_month.car_id = $3::bigint
        when $4::text is not null
            then revenue_month.level = 'model' and revenue_month.model = $4::text
        else revenue_month.level = 'fleet'
    end
order by revenue_month.month
