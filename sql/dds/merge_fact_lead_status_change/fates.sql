-- What:  writes the changes of status of leads that do not simply go on, and tells rentals of them
-- Grain: fates: a change that is new, different or no longer true, and whether it was stored before
--        and is true now
-- Reads: desired_changes (of changes.sql), next_sights (of next_sights.sql), changed_leads (of
--        evidence.sql)
-- If:    leads_derived (of next_sights.sql)
--
-- Rows of leads that were deleted stay: their history does, and the changes happened.

insert into fates (
    lead_id, change_ts, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
    was_stored, is_true
)
select
    lead_id,
    change_ts,
    from_pipeline_id,
    from_status_id,
    to_pipeline_id,
    to_status_id,
    stored_changes.source is not null as was_stored,
    desired_changes.source is not null as is_true
from desired_changes
full join (
    select fact_lead_status_change.*
    from dds.fact_lead_status_change
    inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
    -- Where a lead simply goes on, what is stored stays.
    where not exists (select from next_sights where next_sights.lead_id = changed_leads.id)
) as stored_changes using (
    lead_id, change_ts, from_pipeline_id, from_status_id, to_pipeline_id,
    to_status_id
)
where
    row(
        stored_changes.source, stored_changes.dwell_seconds,
        stored_changes.earliest_ts, stored_changes.latest_ts
    ) is distinct from row(
        desired_changes.source, desired_changes.dwell_seconds,
        desired_changes.earliest_ts, desired_changes.latest_ts
    );

analyze fates (lead_id, change_ts);

delete from dds.fact_lead_status_change
using fates
where
    fact_lead_status_change.lead_id = fates.lead_id
    and fact_lead_status_change.change_ts = fates.change_ts
    and fact_lead_status_change.from_pipeline_id = fates.from_pipeline_id
    and fact_lead_status_change.from_status_id = fates.from_status_id
    and fact_lead_status_change.to_pipeline_id = fates.to_pipeline_id
    and fact_lead_status_change.to_status_id = fates.to_status_id;

insert into dds.fact_lead_status_change (
    lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
    source, dwell_seconds, earliest_ts, change_ts, latest_ts, load_date
)
select
    lead_id,
    from_pipeline_id,
    from_status_id,
    to_pipeline_id,
    to_status_id,
    desired_changes.source,
    desired_changes.dwell_seconds,
    desired_changes.earliest_ts,
    change_ts,
    desired_changes.latest_ts,
    desired_changes.load_date
from desired_changes
inner join fates using (
    lead_id, change_ts, from_pipeline_id, from_status_id, to_pipeline_id,
    to_status_id
);

-- Of all others rentals keep the first confirmation: what is new of them comes after all that was
-- known, and they were created when they were. Rentals lock the watermark of this merge too, and
-- miss no note.
insert into dds.fact_rentals_pending (lead_ids)
select
    array(
        select changed_leads.id
        from changed_leads
        where
            not exists (
                select
                from next_sights
                where next_sights.lead_id = changed_leads.id
            )
    )
where exists (select from dds.fact_rentals);

select count(*) as changes_compared
from desired_changes;
