-- What:  the moves into a stage in a period
-- Grain: one row per move, the newest first
-- Reads: dm.lead_visit, dds.fact_rentals, dds.dim_client, dm.build; $1 the stage, $2 first and
--        $3 last day, $4 rows to leave out, $5 to show
with moves as (
    select
        lead_visit.lead_id,
        lead_visit.from_stage,
        lead_visit.to_stage,
        lead_visit.change_ts,
        lead_visit.is_event
    from dm.lead_visit
    where
        lead_visit.to_stage = $1::text::dm.stage
        and lead_visit.from_stage <> lead_visit.to_stage
        and lead_visit.change_ts >= (
            select dds.day_start($2::date, build.business_tz)
            from dm.build
        )
        and lead_visit.change_ts < (
            select dds.day_start($3::date + 1, build.business_tz)
            from dm.build
        )
    order by lead_visit.change_ts desc, lead_visit.lead_id desc
    offset $4::integer
    limit $5::integer
)

select
    moves.lead_id::text as lead_id,
    moves.from_stage::text as from_stage,
    moves.to_stage::text as to_stage,
    to_char(moves.change_ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as changed_at,
    moves.is_event,
    fact_rentals.stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name,
    fact_rentals.amount::text as amount
from moves
left join dds.fact_rentals on moves.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by moves.change_ts desc, moves.lead_id desc
