-- What:  what bookings bring in month by month, of the fleet, of a model or of a car
-- Grain: one row per month
-- Reads: dm.revenue_month; $1 as_of or null, $2 first and $3 last month (first days), $4 car or
--        null, $5 model or null
with months as (
    select revenue_month.*
    from dm.revenue_month
    where $1::date is null and revenue_month.month between $2::date and $3::date
    union all
    select state.*
    from dm.revenue_month_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
)

select
    months.month::text as month,
    months.revenue::text as revenue,
    months.rented_days,
    months.charged_days,
    months.unpriced_days,
    months.car_days,
    months.adr::text as adr,
    months.rpd::text as rpd,
    months.revpac::text as revpac,
    months.utilisation::text as utilisation,
    months.unattributed_revenue::text as unattributed_revenue,
    months.unattributed_bookings,
    months.revenue_ahead::text as revenue_ahead,
    months.rented_days_ahead,
    months.unattributed_revenue_ahead::text as unattributed_revenue_ahead,
    months.unattributed_bookings_ahead,
    months.days_so_far,
    months.is_complete
from months
where
    case
        when $4::bigint is not null
            then months.level = 'car' and months.car_id = $4::bigint
        when $5::text is not null
            then months.level = 'model' and months.model = $5::text
        else months.level = 'fleet'
    end
order by months.month
