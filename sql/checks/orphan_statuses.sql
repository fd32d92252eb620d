-- What:  error: facts whose status is in no dimension
-- Grain: one row per lead and missing status
-- Reads: changed_rentals, dds.fact_lead_status_change, changed_first_statuses (what
--        dds.lead_first_status has of leads that were derived anew), dds.dim_status,
--        stg.stg_leads, stg.stg_lead_events, dict.dict_status_leads, ops.watermark,
--        changed_leads
-- Scope: changed_leads
-- After: merge_fact_lead_status_change: dds.fact_lead_status_change
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: reports join facts to dimensions, so an orphan would be left out of every sum. A
-- status that landed after the dimension was built is on its way and no orphan. First
-- statuses that a merge leaves alone were asked for when they were written.

with status_references as not materialized (
    select
        changed_rentals.lead_id as id,
        changed_rentals.pipeline_id,
        changed_rentals.status_id
    from changed_rentals
    where
        current_setting('rental.checked_table') = 'dds.fact_rentals'
        and changed_rentals.status_id is not null
    union all
    select
        fact_lead_status_change.lead_id as id,
        status.pipeline_id,
        status.status_id
    from dds.fact_lead_status_change
    inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
    cross join lateral (
        values
        (
            fact_lead_status_change.from_pipeline_id,
            fact_lead_status_change.from_status_id
        ),
        (
            fact_lead_status_change.to_pipeline_id,
            fact_lead_status_change.to_status_id
        )
    ) as status (pipeline_id, status_id)
    where
        current_setting('rental.checked_table') = 'dds.fact_lead_status_change'
    union all
    select
        changed_first_statuses.lead_id as id,
        changed_first_statuses.pipeline_id,
        changed_first_statuses.status_id
    from changed_first_statuses
    where
        current_setting('rental.checked_table') = 'dds.fact_lead_status_change'
),

statuses_on_their_way as (
    select
        stg_leads.pipeline_id,
        stg_leads.status_id
    from stg.stg_leads
    where
        stg_leads.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_status'
        )
    union all
    select
        told.pipeline_id,
        told.status_id
    from stg.stg_lead_events
    cross join lateral (
        values (stg_lead_events.before), (stg_lead_events.after)
    ) as side (value)
    cross join lateral stg.status_of_side(side.value) as told
    where
        stg_lead_events.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_status/events'
        )
    union all
    select
        dict_status_leads.pipeline_id,
        dict_status_leads.status_id
    from dict.dict_status_leads
    where
        dict_status_leads.changed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_status/statuses'
        )
),

-- Looked up once for each status, of which there are few, and not for each fact.
orphans as materialized (
    select
        statuses.pipeline_id,
        statuses.status_id
    from (
        select distinct
            status_references.pipeline_id,
            status_references.status_id
        from status_references
    ) as statuses
    where
        not exists (
            select
            from dds.dim_status
            where
                dim_status.pipeline_id = statuses.pipeline_id
                and dim_status.status_id = statuses.status_id
        )
        and not exists (
            select
            from statuses_on_their_way
            where
                statuses_on_their_way.pipeline_id = statuses.pipeline_id
                and statuses_on_their_way.status_id = statuses.status_id
        )
)

select distinct on (
    status_references.id, status_references.pipeline_id, status_references.status_id
)
    status_references.id,
    'status ' || status_references.status_id || ' of pipeline '
    || status_references.pipeline_id || ' is in no dimension' as detail
from status_references
inner join orphans
    on
        status_references.pipeline_id = orphans.pipeline_id
        and status_references.status_id = orphans.status_id
-- Nearly always there are none, and no fact is read a second time.
where exists (select from orphans)
-- By their order, or a hash table would be made for all that there may be.
order by
    status_references.id, status_references.pipeline_id, status_references.status_id;
