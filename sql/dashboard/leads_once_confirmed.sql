-- What:  the leads that were confirmed, or were to start, in some months: all, or those that are
--        cancelled, that did not show up, that are pending or closed
-- Grain: one row per lead, the newest month first
-- Reads: dm.lead_state, dds.fact_rentals, dds.dim_client; $1 basis (confirmation or start),
--        $2 first and $3 last day, $4 cancelled, no_shows, pending, closed or null, $5 rows to
--        leave out, $6 to show
with leads as (
    select
        lead_state.lead_id,
        lead_state.stage,
        lead_state.is_no_show,
        lead_state.confirmed_day,
        lead_state.start_day,
        lead_state.confirmed_day as counted_day
    from dm.lead_state
    where
        $1::text = 'confirmation'
        and lead_state.stage is not null
        and lead_state.confirmed_day between $2::date and $3::date
    union all
    select
        lead_state.lead_id,
        lead_state.stage,
        lead_state.is_no_show,
        lead_state.confirmed_day,
        lead_state.start_day,
        lead_state.start_day as counted_day
    from dm.lead_state
    where
        $1::text = 'start'
        and lead_state.stage is not null
        and lead_state.confirmed_day is not null
        and lead_state.start_day between $2::date and $3::date
),

chosen_leads as (
    select leads.*
    from leads
    where
        $4::text is null
        or ($4::text = 'no_shows' and leads.is_no_show)
        or $4::text = case
            when leads.stage in ('cancelled', 'closed') then leads.stage::text
            else 'pending'
        end
    order by leads.counted_day desc, leads.lead_id desc
    offset $5::integer
    limit $6::integer
)

select
    chosen_leads.lead_id::text as lead_id,
    chosen_leads.stage::text as stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name,
    chosen_leads.confirmed_day::text as confirmed_day,
    chosen_leads.start_day::text as start_day,
    chosen_leads.is_no_show,
    fact_rentals.amount::text as amount
from chosen_leads
left join dds.fact_rentals on chosen_leads.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by chosen_leads.counted_day desc, chosen_leads.lead_id desc
