-- What:  writes the changes of status that are new, different or no longer true
-- Grain: one row per change of (pipeline, status) of a lead
-- Reads: desired_changes (of changes.sql), steps (of visits.sql), seen_rows (of sights.sql),
--        next_sights (of next_sights.sql), changed_leads and progress (of evidence.sql)
--
-- Rows of leads that were deleted stay: their history does, and the changes happened.

create temporary table fates on commit drop as
select
    lead_id,
    change_ts,
    from_pipeline_id,
    from_status_id,
    to_pipeline_id,
    to_status_id,
    case
        when desired_changes.source is null then 'deleted'
        when stored_changes.source is null then 'inserted'
        else 'updated'
    end as fate
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

-- Compared before any is written: a statement that joins to the table it fills would look for
-- each row among those that it puts in.
create temporary table first_statuses on commit drop as
with found as (
    (
        select distinct on (steps.lead_id)
            steps.lead_id,
            coalesce(steps.from_pipeline_id, steps.to_pipeline_id) as pipeline_id,
            coalesce(steps.from_status_id, steps.to_status_id) as status_id
        from steps
        order by steps.lead_id, steps.place
    )
    union all
    select
        seen_rows.lead_id,
        seen_rows.pipeline_id,
        seen_rows.status_id
    from seen_rows
    where seen_rows.is_plain and seen_rows.place = 1
)

select
    found.*,
    stored.lead_id is not null as is_stored,
    row(stored.pipeline_id, stored.status_id)
    is distinct from row(found.pipeline_id, found.status_id) as is_different
from found
left join (
    -- A first build has none of them, only those that sights.sql wrote of leads with one row.
    select lead_first_status.*
    from dds.lead_first_status
    where not (select exists (select from changed_leads where changed_leads.is_alone))
) as stored on found.lead_id = stored.lead_id;

analyze first_statuses;

delete from dds.lead_first_status
using changed_leads
where
    lead_first_status.lead_id = changed_leads.id
    and not (select exists (select from changed_leads where changed_leads.is_alone))
    and not exists (
        select
        from first_statuses
        where first_statuses.lead_id = changed_leads.id
    )
    and not exists (select from next_sights where next_sights.lead_id = changed_leads.id);

update dds.lead_first_status
set
    pipeline_id = first_statuses.pipeline_id,
    status_id = first_statuses.status_id,
    load_date = current_setting('rental.logical_date')::date
from first_statuses
where
    lead_first_status.lead_id = first_statuses.lead_id
    and first_statuses.is_stored
    and first_statuses.is_different;

insert into dds.lead_first_status (lead_id, pipeline_id, status_id, load_date)
select
    first_statuses.lead_id,
    first_statuses.pipeline_id,
    first_statuses.status_id,
    current_setting('rental.logical_date')::date as load_date
from first_statuses
where not first_statuses.is_stored;

-- A vacuum that came by in the middle of a first build found no row in either, and until the
-- next one the planner would take them for empty.
select
    ops.analyze_table('dds.fact_lead_status_change') as changes,
    ops.analyze_table('dds.lead_first_status') as statuses
from progress
where
    progress.name = 'dds.fact_lead_status_change'
    and progress.read_from = 0;

-- Those that sights.sql may have taken away.
select dds.create_indexes_of_status_changes() as are_created
where exists (select from changed_leads where changed_leads.is_alone);

-- Of the checks that follow, which name lookups of a few leads too, every plan would cost the same
-- to the planner, as good as infinitely much, with what evidence.sql forbids it.
select set_config('enable_nestloop', 'on', true) as nestloop
where exists (select from changed_leads where changed_leads.is_alone);

update ops.watermark
set
    position = progress.read_to,
    changed_at = clock_timestamp()
from progress
where
    watermark.name = progress.name
    and watermark.position <> progress.read_to;

select
    dds.note_changed_leads(array(select distinct fates.lead_id from fates))
        as leads_noted;

select
    count(*) as rows_written,
    count(*) filter (where fates.fate = 'inserted') as changes_inserted,
    count(*) filter (where fates.fate = 'updated') as changes_updated,
    count(*) filter (where fates.fate = 'deleted') as changes_deleted
from fates;
