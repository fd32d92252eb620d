-- What:  what today asks for, or asked for at the end of an earlier day
-- Grain: one row per kind with its counts; one per kind, lead and day, and of free cars one per
--        car, with the days it is free on
-- Reads: dm.today (its functions), dds.fact_rentals, dds.dim_car, dds.dim_client; $1 as_of or null,
--        $2 the present moment, $3 the most rows of a kind or null, $4 a kind of which all are
--        wanted or null
with state as materialized (
    select found.*
    from dm.today_at($2::timestamptz) as found
    where $1::date is null
    union all
    select found.*
    from dm.today_as_of($1::date) as found
    where $1::date is not null
),

found as materialized (
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

free_cars as (
    select
        state.usage_date,
        count(*) as cars
    from state
    where state.kind = 'free_car'
    group by state.usage_date
),

counts as (
    select
        found.kind,
        jsonb_build_object(
            'rows', count(*),
            'done', count(*) filter (where found.is_done),
            'leads', count(distinct found.lead_id),
            'car_days', count(distinct (found.car_id, found.usage_date)),
            'free_cars', case
                when found.kind = 'free_car'
                    then (
                        select jsonb_object_agg(free_cars.usage_date, free_cars.cars)
                        from free_cars
                    )
            end
        ) as counts
    from found
    group by found.kind
),

placed as (
    select
        found.*,
        row_number() over (
            partition by found.kind
            order by
                found.usage_date, found.is_done, length(found.free_days) desc,
                found.car_id, found.lead_id
        ) as place
    from found
),

listed as materialized (
    select placed.*
    from placed
    where $3::integer is null or placed.kind = $4 or placed.place <= $3::integer
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
        select distinct listed.lead_id
        from listed
    ) as named
    inner join dds.fact_rentals on named.lead_id = fact_rentals.lead_id
    left join dds.dim_client
        on fact_rentals.client_id = dim_client.client_id and fact_rentals.client_id <> 0
)

select
    'counts' as what,
    counts.kind,
    counts.counts,
    null as lead_id,
    null as car_id,
    null as usage_date,
    null as is_done,
    null as free_days,
    null as plate,
    null as model,
    null as client_name,
    null as stage,
    null as rental_start,
    null as rental_end,
    0 as place
from counts
union all
select
    'row',
    listed.kind,
    null,
    listed.lead_id::text,
    nullif(listed.car_id, 0)::text,
    listed.usage_date::text,
    listed.is_done,
    listed.free_days,
    coalesce(dim_car.plate, nullif(listed.car_id, 0)::text),
    case when listed.car_id <> 0 then coalesce(dim_car.model, '(none)') end,
    leads.client_name,
    -- How the booking stands now says nothing of an earlier day.
    case when $1::date is null then leads.stage end,
    case when $1::date is null then leads.rental_start end,
    case when $1::date is null then leads.rental_end end,
    listed.place
from listed
left join leads on listed.lead_id = leads.lead_id
left join dds.dim_car on listed.car_id = dim_car.car_id and listed.car_id <> 0
order by kind, place
