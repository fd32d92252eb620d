-- What:  lands five years of a rental business as it was lived, up to now
-- Grain: stg.stg_leads: one row per lead and state that it went through
-- Reads: generate_series; $1 leads, $2 cars, $3 clients, $4 the first morning, $5 hours from the
--        first start to the last one (which lies ahead of now), $6 run id
-- Two of five leads are bookings: they come as an inquiry, are confirmed, one of three changed, half of them
-- seen on rent, and closed. One of five is cancelled, some after they were confirmed, some after the
-- start; two of five are lost, or open while they are young.
with leads as (
    select
        ids.id,
        ids.id % 5 as kind,
        -- Bookings go round the cars, so that each car has one after the other; one of 97 takes another's.
        1 + (ids.id / 5 * 2 + least(ids.id % 5, 1) + (ids.id % 97 = 0)::integer)
        % $2::bigint as car_id,
        1 + ids.id * 7919 % $3::bigint as client_id,
        starts.starts_at,
        starts.starts_at
        + make_interval(days => (1 + ids.id / 5 % 3)::integer, hours => 2) as ends_at,
        starts.starts_at - make_interval(days => (1 + ids.id % 40)::integer) as created_at,
        make_interval(days => (1 + ids.id % 40)::integer) as notice
    from generate_series(1, $1::bigint) as ids (id)
    cross join lateral (
        select
            $4::timestamptz
            + ids.id * ($5::double precision / $1::double precision) * interval '1 hour'
            as starts_at
    ) as starts
),

states as (
    select
        leads.*,
        state.seen_at,
        state.status_id,
        state.more
    from leads
    cross join lateral (
        values
        (leads.created_at, 1, 0),
        (
            leads.created_at + leads.notice / 2,
            case
                when leads.kind in (0, 1) or (leads.kind = 2 and leads.id % 3 = 0) then 4
                else 2
            end,
            0
        ),
        (
            case
                when leads.kind in (0, 1) and leads.id % 3 = 0
                    then leads.created_at + leads.notice / 4 * 3
            end,
            4,
            1
        ),
        (
            case when leads.kind in (0, 1) and leads.id % 2 = 0 then leads.starts_at end,
            5,
            (leads.id % 3 = 0)::integer
        ),
        (
            case
                when leads.kind = 2 and leads.id % 12 = 0
                    then leads.starts_at + interval '6 hours'
                when leads.kind = 2 then leads.starts_at - interval '6 hours'
                when leads.kind > 2 then leads.created_at + interval '25 days'
                -- Some come back late.
                when leads.id % 211 <> 0 or leads.ends_at < now() - interval '10 days'
                    then leads.ends_at + interval '1 day 1 hour'
            end,
            case when leads.kind in (0, 1) then 142 else 143 end,
            (leads.kind < 2 and leads.id % 3 = 0)::integer
        )
    ) as state (seen_at, status_id, more)
    where state.seen_at < now() - interval '1 hour'
)

insert into stg.stg_leads (
    id, pipeline_id, status_id, car_element_id, client_element_id, name, plate, license,
    budget, rental_start, rental_end, created_at, updated_at, payload, row_hash,
    observed_at, run_id, load_date
)
select
    states.id,
    10,
    states.status_id,
    case
        when states.status_id = 1 and states.id % 2 = 0 then null
        when states.id % 101 = 0 then null
        -- Cars are given late.
        when states.starts_at > now() and states.id % 10 = 0 then null
        else states.car_id
    end,
    states.client_id,
    'Rental ' || states.id,
    null,
    'L ' || states.client_id,
    case when states.id % 103 <> 0 then 100 + states.id % 900 + 50 * states.more end,
    case when states.id % 509 <> 0 then states.starts_at end,
    case
        when states.id % 509 <> 0
            then states.ends_at + make_interval(days => states.more)
    end,
    states.created_at,
    states.seen_at,
    jsonb_build_object(
        'id', states.id, 'name', 'Rental ' || states.id, 'status_id', states.status_id,
        'price', 100 + states.id % 900 + 50 * states.more
    ),
    md5(states.id || ' ' || states.status_id || ' ' || states.more),
    states.seen_at + interval '20 minutes',
    $6::uuid,
    '2026-05-01'
from states
