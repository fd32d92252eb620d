-- What:  the leads that are in a stage now, since when, and how long that is up to the end of the
--        last finished day
-- Grain: one row per lead, by creation, the oldest first
-- Reads: dm.lead_state, dds.fact_lead_status_change, dds.fact_rentals, dds.dim_client, dm.build;
--        $1 the stage, $2 rows to leave out, $3 to show
with leads as (
    select
        lead_state.lead_id,
        lead_state.stage,
        lead_state.created_day
    from dm.lead_state
    where
        lead_state.stage = $1::text::dm.stage
        and lead_state.stage not in ('closed', 'cancelled')
    order by lead_state.created_day, lead_state.lead_id
    offset $2::integer
    limit $3::integer
),

open_visits as (
    select
        leads.*,
        fact_rentals.client_id,
        fact_rentals.amount,
        coalesce(
            (
                select max(fact_lead_status_change.change_ts)
                from dds.fact_lead_status_change
                where fact_lead_status_change.lead_id = leads.lead_id
            ),
            fact_rentals.created_at
        ) as since
    from leads
    left join dds.fact_rentals on leads.lead_id = fact_rentals.lead_id
)

select
    open_visits.lead_id::text as lead_id,
    open_visits.stage::text as stage,
    nullif(open_visits.client_id, 0)::text as client_id,
    dim_client.client_name,
    open_visits.created_day::text as created_day,
    to_char(open_visits.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as changed_at,
    greatest(
        0,
        extract(epoch from dm.end_of_day(build.last_finished_day) - open_visits.since)
    )::float8 as dwell_seconds,
    open_visits.amount::text as amount
from open_visits
cross join dm.build
left join dds.dim_client
    on open_visits.client_id = dim_client.client_id and dim_client.client_id <> 0
order by open_visits.created_day, open_visits.lead_id
