-- What:  what bookings brought in during up to three periods, to compare them
-- Grain: one row per period that is asked for: present, before, year_ago
-- Reads: dm.revenue_day; the first and last day of each period or nulls: $1 $2, $3 $4, $5 $6
with periods as (
    select
        asked.name,
        asked.from_day,
        asked.to_day
    from (
        values
        ('present', $1::date, $2::date),
        ('before', $3::date, $4::date),
        ('year_ago', $5::date, $6::date)
    ) as asked (name, from_day, to_day)
    where asked.from_day is not null
)

select
    periods.name,
    count(revenue_day.usage_date)::integer as known_days,
    coalesce(sum(revenue_day.revenue), 0)::text as revenue,
    coalesce(sum(revenue_day.rented_days), 0)::integer as rented_days,
    coalesce(sum(revenue_day.charged_days), 0)::integer as charged_days,
    coalesce(sum(revenue_day.car_days), 0)::integer as car_days,
    coalesce(sum(revenue_day.unpriced_days), 0)::integer as unpriced_days,
    (sum(revenue_day.revenue) / nullif(sum(revenue_day.rented_days), 0))::text as adr,
    (sum(revenue_day.revenue) / nullif(sum(revenue_day.charged_days), 0))::text as rpd,
    (sum(revenue_day.revenue) / nullif(sum(revenue_day.car_days), 0))::text as revpac,
    (sum(revenue_day.rented_days)::numeric / nullif(sum(revenue_day.car_days), 0))::text
        as utilisation,
    coalesce(sum(revenue_day.unattributed_revenue), 0)::text as unattributed_revenue,
    coalesce(sum(revenue_day.unattributed_bookings), 0)::integer as unattributed_bookings
from periods
left join dm.revenue_day
    on revenue_day.usage_date between periods.from_day and periods.to_day
group by periods.name
