-- What:  writes the changes of status that are new, different or no longer true
-- Grain: one row per change of (pipeline, status) of a lead
-- Reads: desired_changes (of changes.sql), next_sights (of next_sights.sql), changed_leads,
--        reading and progress (of evidence.sql)
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
)
union all
-- Later than all that is stored of their leads, with which they need not be compared.
select
    next_sights.lead_id,
    next_sights.from_pipeline_id,
    next_sights.from_status_id,
    next_sights.to_pipeline_id,
    next_sights.to_status_id,
    'history' as source,
    greatest(0, extract(epoch from next_sights.opens_at - next_sights.entered_at))::bigint
        as dwell_seconds,
    next_sights.known_before_at as earliest_ts,
    next_sights.opens_at as change_ts,
    next_sights.observed_at as latest_ts,
    (select current_setting('rental.logical_date')::date) as load_date
from next_sights
where next_sights.is_change;

-- A vacuum that came by in the middle of a first build found no row in either, and until the
-- next one the planner would take them for empty.
select
    ops.analyze_table('dds.fact_lead_status_change') as changes,
    ops.analyze_table('dds.lead_first_status') as statuses
from reading
where reading.read_from = 0;

-- Those that sights.sql may have taken away.
select dds.create_indexes_of_status_changes() as are_created
from reading
where reading.is_first;

-- Of the checks that follow, which name lookups of a few leads too, every plan would cost the same
-- to the planner, as good as infinitely much, with what evidence.sql forbids it.
select set_config('enable_nestloop', 'on', true) as nestloop
from reading
where reading.is_first;

update ops.watermark
set
    position = progress.read_to,
    changed_at = clock_timestamp()
from progress
where
    watermark.name = progress.name
    and watermark.position <> progress.read_to;

select
    dds.note_changed_leads(
        array(
            select distinct fates.lead_id
            from fates
            union all
            select next_sights.lead_id
            from next_sights
            where next_sights.is_change
        )
    ) as leads_noted;

select
    count(*) as rows_written,
    count(*) filter (where written.fate = 'inserted') as changes_inserted,
    count(*) filter (where written.fate = 'updated') as changes_updated,
    count(*) filter (where written.fate = 'deleted') as changes_deleted
from (
    select fates.fate
    from fates
    union all
    select 'inserted' as fate
    from next_sights
    where next_sights.is_change
) as written;
