-- What:  the leads that were created in a period: all of them, those that came so far, or those
--        that are won, lost, open or mature
-- Grain: one row per lead, the newest first
-- Reads: dm.lead_state, dm.build, dds.fact_rentals, dds.dim_client; $1 first and $2 last day, $3
--        a stage that they reached or null, $4 won, lost, open, mature or null, $5 rows to leave
--        out, $6 to show
with leads as (
    select
        lead_state.lead_id,
        lead_state.created_day
    from dm.lead_state
    where
        lead_state.stage is not null
        and lead_state.created_day between $1::date and $2::date
        and (
            $3::text is null
            or coalesce(lead_state.furthest, 'inquiry') >= $3::text::dm.stage
        )
        and (
            $4::text is null
            or (
                $4::text = 'mature'
                and lead_state.created_day <= (
                    select build.last_finished_day - build.cohort_maturity_days
                    from dm.build
                )
            )
            or $4::text = case lead_state.stage
                when 'closed' then 'won'
                when 'cancelled' then 'lost'
                else 'open'
            end
        )
    order by lead_state.created_day desc, lead_state.lead_id desc
    offset $5::integer
    limit $6::integer
)

select
    leads.lead_id::text as lead_id,
    fact_rentals.stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name,
    leads.created_day::text as created_day,
    fact_rentals.amount::text as amount
from leads
left join dds.fact_rentals on leads.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by leads.created_day desc, leads.lead_id desc
