-- What:  the bookings behind lead time and length: when confirmed, when they start, how long
-- Grain: one row per booking, the longest lead time first
-- Reads: dm.lead_time, dds.fact_rentals, dds.dim_client; $1 first and $2 last month, $3 rows to
--        leave out, $4 to show
with bookings as (
    select lead_time.*
    from dm.lead_time
    where lead_time.month between $1::date and $2::date
    order by lead_time.lead_days desc, lead_time.lead_id desc
    offset $3::integer
    limit $4::integer
)

select
    bookings.lead_id::text as lead_id,
    fact_rentals.stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name,
    bookings.month::text as month,
    bookings.lead_days,
    bookings.rental_days,
    fact_rentals.amount::text as amount
from bookings
left join dds.fact_rentals on bookings.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by bookings.lead_days desc, bookings.lead_id desc
