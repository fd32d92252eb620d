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

create temporary table desired_changes (
    like dds.fact_lead_status_change
) on commit drop;

insert into desired_changes (
    lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
    source, dwell_seconds, change_ts, load_date, earliest_ts, latest_ts
)
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
    changes.valid_from as change_ts,
    current_setting('rental.logical_date')::date as load_date,
    changes.valid_from as earliest_ts,
    changes.valid_from as latest_ts
from changes
where not changes.is_first;

analyze desired_changes (lead_id, change_ts);

create temporary table fates on commit drop as
select
    lead_id,
    change_ts,
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
) as stored_changes using (lead_id, change_ts, to_pipeline_id, to_status_id)
where
    row(
        stored_changes.from_pipeline_id, stored_changes.from_status_id,
        stored_changes.source, stored_changes.dwell_seconds,
        stored_changes.earliest_ts, stored_changes.latest_ts
    ) is distinct from row(
        desired_changes.from_pipeline_id, desired_changes.from_status_id,
        desired_changes.source, desired_changes.dwell_seconds,
        desired_changes.earliest_ts, desired_changes.latest_ts
    );

analyze fates (lead_id, change_ts);

delete from dds.fact_lead_status_change
using fates
where
    fact_lead_status_change.lead_id = fates.lead_id
    and fact_lead_status_change.change_ts = fates.change_ts
    and fact_lead_status_change.to_pipeline_id = fates.to_pipeline_id
    and fact_lead_status_change.to_status_id = fates.to_status_id;

insert into dds.fact_lead_status_change
select desired_changes.*
from desired_changes
inner join fates using (lead_id, change_ts, to_pipeline_id, to_status_id);

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
    count(*) as rows_written,
    count(*) filter (where fates.fate = 'inserted') as changes_inserted,
    count(*) filter (where fates.fate = 'updated') as changes_updated,
    count(*) filter (where fates.fate = 'deleted') as changes_deleted
from fates;
