-- What:  what today asks for, or asked for at the end of an earlier day
-- Grain: one row per kind, lead and day; of free cars one per car, with the days it is free on
-- Reads: dm.today (its functions), dds.fact_rentals, dds.dim_car, dds.dim_client; $1 as_of or null,
--        $2 the present moment
with state as materialized (
    select found.*
    from dm.today_at($2::timestamptz) as found
    where $1::date is null
    union all
    select found.*
    from dm.today_as_of($1::date) as found
    where $1::date is not null
),

found as (
    select
        state.kind,
        state.lead_id,
        state.car_id,
        state.usage_date,
        state.is_done,
        null as free_days
    from state
    where state.kind <> 'free_car'
    union all
    select
        state.kind,
        null,
        state.car_id,
        null,
        null,
        string_agg(state.usage_date::text, ' ' order by state.usage_date)
    from state
    where state.kind = 'free_car'
    group by state.kind, state.car_id
),

-- Once for each lead: a double booking is named for each of its days.
leads as materialized (
    select
        fact_rentals.lead_id,
        dim_client.client_name,
        fact_rentals.stage,
        to_char(
            fact_rentals.rental_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ) as rental_start,
        to_char(
            fact_rentals.rental_end at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ) as rental_end
    from (
        select distinct state.lead_id
        from state
    ) as named
    inner join dds.fact_rentals on named.lead_id = fact_rentals.lead_id
    left join dds.dim_client
        on fact_rentals.client_id = dim_client.client_id and fact_rentals.client_id <> 0
)

select
    found.kind,
    found.lead_id::text as lead_id,
    nullif(found.car_id, 0)::text as car_id,
    found.usage_date::text as usage_date,
    found.is_done,
    found.free_days,
    coalesce(dim_car.plate, nullif(found.car_id, 0)::text) as plate,
    dim_car.model,
    leads.client_name,
    -- How the booking stands now says nothing of an earlier day.
    case when $1::date is null then leads.stage end as stage,
    case when $1::date is null then leads.rental_start end as rental_start,
    case when $1::date is null then leads.rental_end end as rental_end
from found
left join leads on found.lead_id = leads.lead_id
left join dds.dim_car on found.car_id = dim_car.car_id and found.car_id <> 0
order by
    found.kind, found.usage_date, found.is_done, length(found.free_days) desc,
    found.car_id, found.lead_id
