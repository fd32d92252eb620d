-- What:  brings fact_lead_status_change up to the history of leads
-- Grain: one row per change of (pipeline, status) of a lead
-- Reads: ods.ods_leads_hist, stg.stg_leads (which leads changed), ops.watermark
--
-- Rows of leads that were deleted stay: their history does, and the changes happened.

select ops.lock_watermarks('ods.ods_leads_hist', 'dds.fact_lead_status_change');

create temporary table changed_leads on commit drop as
select distinct stg_leads.id
from stg.stg_leads
where
    stg_leads.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dds.fact_lead_status_change'
    )
    and stg_leads.landed_seq <= (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_leads_hist'
    );

analyze changed_leads;

create temporary table desired_changes on commit drop as
with versions as (
    select
        ods_leads_hist.id as lead_id,
        ods_leads_hist.pipeline_id,
        ods_leads_hist.status_id,
        ods_leads_hist.created_at,
        ods_leads_hist.valid_from,
        lag(ods_leads_hist.pipeline_id) over history as pipeline_id_before,
        lag(ods_leads_hist.status_id) over history as status_id_before
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where
        ods_leads_hist.pipeline_id is not null
        and ods_leads_hist.status_id is not null
    window history as (
        partition by ods_leads_hist.id
        order by ods_leads_hist.valid_from
    )
),

entries as (
    -- The first status known was entered when the lead was created.
    select
        versions.*,
        versions.status_id_before is null as is_first,
        case
            when versions.status_id_before is null
                then coalesce(versions.created_at, versions.valid_from)
            else versions.valid_from
        end as entered_at
    from versions
    where
        versions.status_id_before is null
        or versions.pipeline_id_before <> versions.pipeline_id
        or versions.status_id_before <> versions.status_id
),

changes as (
    select
        entries.*,
        lag(entries.entered_at) over history as entered_before_at
    from entries
    window history as (
        partition by entries.lead_id
        order by entries.valid_from
    )
)

select
    changes.lead_id,
    changes.pipeline_id_before as from_pipeline_id,
    changes.status_id_before as from_status_id,
    changes.pipeline_id as to_pipeline_id,
    changes.status_id as to_status_id,
    'history' as source,
    greatest(
        0,
        extract(epoch from changes.valid_from - changes.entered_before_at)
    )::bigint as dwell_seconds,
    changes.valid_from as change_ts
from changes
where not changes.is_first;

analyze desired_changes;

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0
) on commit drop;

with deleted_changes as (
    delete from dds.fact_lead_status_change
    using changed_leads
    where
        fact_lead_status_change.lead_id = changed_leads.id
        and not exists (
            select
            from desired_changes
            where
                desired_changes.lead_id = fact_lead_status_change.lead_id
                and desired_changes.change_ts = fact_lead_status_change.change_ts
                and desired_changes.to_pipeline_id
                = fact_lead_status_change.to_pipeline_id
                and desired_changes.to_status_id
                = fact_lead_status_change.to_status_id
        )
    returning fact_lead_status_change.lead_id
)

insert into merge_counts (deleted)
select count(*)
from deleted_changes;

with written_changes as (
    insert into dds.fact_lead_status_change (
        lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
        source, dwell_seconds, change_ts, load_date
    )
    select
        desired_changes.lead_id,
        desired_changes.from_pipeline_id,
        desired_changes.from_status_id,
        desired_changes.to_pipeline_id,
        desired_changes.to_status_id,
        desired_changes.source,
        desired_changes.dwell_seconds,
        desired_changes.change_ts,
        current_setting('rental.logical_date')::date as load_date
    from desired_changes
    on conflict (lead_id, change_ts, to_pipeline_id, to_status_id) do update
    set
        from_pipeline_id = excluded.from_pipeline_id,
        from_status_id = excluded.from_status_id,
        source = excluded.source,
        dwell_seconds = excluded.dwell_seconds,
        load_date = excluded.load_date
    where
        row(
            fact_lead_status_change.from_pipeline_id,
            fact_lead_status_change.from_status_id,
            fact_lead_status_change.source,
            fact_lead_status_change.dwell_seconds
        ) is distinct from row(
            excluded.from_pipeline_id, excluded.from_status_id, excluded.source,
            excluded.dwell_seconds
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning fact_lead_status_change.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_changes.is_new),
    count(*) filter (where not written_changes.is_new)
from written_changes;

update ops.watermark
set
    position = ods_watermark.position,
    changed_at = clock_timestamp()
from ops.watermark as ods_watermark
where
    watermark.name = 'dds.fact_lead_status_change'
    and ods_watermark.name = 'ods.ods_leads_hist'
    and watermark.position <> ods_watermark.position;

select
    (select count(*) from changed_leads) as rows_read,
    sum(merge_counts.deleted + merge_counts.inserted + merge_counts.updated)::bigint
        as rows_written,
    sum(merge_counts.inserted)::bigint as changes_inserted,
    sum(merge_counts.updated)::bigint as changes_updated,
    sum(merge_counts.deleted)::bigint as changes_deleted
from merge_counts;
