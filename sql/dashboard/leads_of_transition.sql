-- What:  the moves from one stage to another: those after the longest visits first, those whose
--        visit has no known beginning last
-- Grain: one row per move
-- Reads: dm.lead_visit, dds.fact_rentals, dds.dim_client; $1 the stage that was left, $2 the one
--        that was entered, $3 rows to leave out, $4 to show
with moves as (
    (
        select
            lead_visit.lead_id,
            lead_visit.from_stage,
            lead_visit.to_stage,
            lead_visit.change_ts,
            lead_visit.is_event,
            lead_visit.dwell_seconds
        from dm.lead_visit
        where
            lead_visit.from_stage = $1::text::dm.stage
            and lead_visit.to_stage = $2::text::dm.stage
            and lead_visit.is_timed
        order by lead_visit.dwell_seconds desc
        limit $3::integer + $4::integer
    )
    union all
    select
        lead_visit.lead_id,
        lead_visit.from_stage,
        lead_visit.to_stage,
        lead_visit.change_ts,
        lead_visit.is_event,
        null as dwell_seconds
    from dm.lead_visit
    where
        lead_visit.from_stage = $1::text::dm.stage
        and lead_visit.to_stage = $2::text::dm.stage
        and not lead_visit.is_timed
    order by dwell_seconds desc nulls last, lead_id desc, change_ts desc
    offset $3::integer
    limit $4::integer
)

select
    moves.lead_id::text as lead_id,
    moves.from_stage::text as from_stage,
    moves.to_stage::text as to_stage,
    to_char(moves.change_ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as changed_at,
    moves.dwell_seconds::float8 as dwell_seconds,
    moves.is_event,
    fact_rentals.stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name,
    fact_rentals.amount::text as amount
from moves
left join dds.fact_rentals on moves.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by moves.dwell_seconds desc nulls last, moves.lead_id desc, moves.change_ts desc
