-- What:  error: rentals that are not the present state of their lead
-- Grain: one row per lead
-- Reads: changed_leads, changed_rentals (what dds.fact_rentals has of them),
--        ods.ods_leads_hist, dict.dict_status_leads, stg.stg_leads, ops.watermark
-- Scope: changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: the fact is one row per live lead in the rental pipeline. One that is missing,
-- left over or out of date is money that reports lose, invent or date wrongly.

-- Materialized, because the planner would call the function to estimate with it.
with rental_pipeline as materialized (
    -- Before the first listing of statuses there is no pipeline, and no fact.
    select
        case
            when exists (select from dict.dict_status_leads)
                then dict.rental_pipeline_id(current_setting('rental.pipeline'))
        end as pipeline_id
),

-- By hand this may run between the merge of the history and this one.
leads_on_their_way as (
    select stg_leads.id
    from stg.stg_leads
    where
        stg_leads.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.fact_rentals'
        )
),

-- Both in the order of the leads, or of a first build two hash tables would be made of all there
-- is, which takes longer than to walk along both.
leads as (
    select changed_leads.id
    from changed_leads
    where
        not exists (
            select
            from leads_on_their_way
            where leads_on_their_way.id = changed_leads.id
        )
    order by changed_leads.id
),

facts as (
    select
        changed_rentals.lead_id,
        changed_rentals.status_id,
        changed_rentals.budget,
        changed_rentals.dailyrate,
        changed_rentals.rental_start,
        changed_rentals.rental_end,
        changed_rentals.updated_at
    from changed_rentals
    order by changed_rentals.lead_id
),

compared as (
    select
        leads.id,
        facts.lead_id is not null as is_fact,
        rental.is_one as is_rental,
        not rental.is_one
        or row(
            ods_leads_hist.status_id, ods_leads_hist.budget,
            ods_leads_hist.dailyrate, ods_leads_hist.rental_start,
            ods_leads_hist.rental_end, ods_leads_hist.updated_at
        ) is not distinct from row(
            facts.status_id, facts.budget, facts.dailyrate, facts.rental_start,
            facts.rental_end, facts.updated_at
        ) as is_same
    from leads
    left join facts on leads.id = facts.lead_id
    left join ods.ods_leads_hist
        on
            leads.id = ods_leads_hist.id
            and ods_leads_hist.is_current
    -- Not as a condition of the join: the planner knows nothing yet of a history that has just
    -- been built, would take its rentals for few, and put all of them in order by themselves.
    cross join lateral (
        select
            coalesce(
                ods_leads_hist.pipeline_id = (
                    select rental_pipeline.pipeline_id
                    from rental_pipeline
                ),
                false
            ) as is_one
    ) as rental
)

select
    compared.id,
    case
        when not compared.is_fact then 'a rental in the history, not in the facts'
        when not compared.is_rental then 'in the facts, no rental in the history'
        else 'the fact is another state than the history'
    end as detail
from compared
where
    compared.is_fact <> compared.is_rental
    or not compared.is_same;
