-- What:  the rentals of a lead, a client or a car, the latest start first
-- Grain: one row per rental
-- Reads: dds.fact_rentals, $1 what it is (lead, client, car), $2 its id, $3 how many

with rentals as (
    select fact_rentals.*
    from dds.fact_rentals
    where $1 = 'lead' and fact_rentals.lead_id = $2::bigint
    union all
    select fact_rentals.*
    from dds.fact_rentals
    where $1 = 'client' and fact_rentals.client_id = $2::bigint
    union all
    select fact_rentals.*
    from dds.fact_rentals
    where $1 = 'car' and fact_rentals.car_id = $2::bigint
)

select
    rentals.lead_id,
    rentals.car_id,
    rentals.client_id,
    rentals.stage,
    rentals.status_name,
    rentals.is_booking,
    rentals.is_cancelled,
    rentals.rental_start,
    rentals.rental_end,
    rentals.rental_days,
    rentals.dailyrate::text as dailyrate,
    rentals.budget::text as budget,
    rentals.amount::text as amount,
    rentals.confirmed_at,
    rentals.created_at,
    rentals.closed_at
from rentals
order by rentals.rental_start desc nulls last, rentals.lead_id desc
limit $3::integer;
