-- What:  writes the changes of status of leads that simply go on, and ends the task
-- Grain: one row per change of (pipeline, status) of a lead
-- Reads: next_sights (of next_sights.sql), fates (of fates.sql), reading and progress (of
--        evidence.sql)

-- Later than all that is stored of their leads, with which they need not be compared.
insert into dds.fact_lead_status_change (
    lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
    source, dwell_seconds, earliest_ts, change_ts, latest_ts, load_date
)
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

-- Those that first_statuses.sql may have taken away.
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
    count(*) filter (where not written.was_stored) as changes_inserted,
    count(*) filter (where written.was_stored and written.is_true) as changes_updated,
    count(*) filter (where not written.is_true) as changes_deleted
from (
    select
        fates.was_stored,
        fates.is_true
    from fates
    union all
    select
        false as was_stored,
        true as is_true
    from next_sights
    where next_sights.is_change
) as written;
