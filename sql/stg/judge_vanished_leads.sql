-- What:  when leads were deleted that the CRM shows neither by id nor in the trash, as far as
--        there is evidence
-- Grain: one row per lead that is live by its newest row and whose end is known
-- Reads: stg.sights, stg.stg_lead_events, $1 the leads as the text of a JSON array (id;
--        scan_at, when a read of all leads began that missed it, or null), $2 the CRM's time
--        at the start of this run
--
-- A merge names one lead, maybe the one that stays: it has taken this one when it is the only
-- one that can have. A deletion with an event was no merge.

with vanished_leads as (
    select leads.*
    from jsonb_to_recordset($1::text::jsonb) as leads (id bigint, scan_at timestamptz)
),

judged_leads as (
    select
        vanished_leads.id,
        newest_row.observed_at,
        vanished_leads.scan_at,
        case when last_event.type = 'lead_deleted' then last_event.created_at end
            as deleted_at,
        case when last_event.type = 'lead_deleted' then last_event.id end as deleted_event,
        merges.merged_at,
        merges.merge_event
    from vanished_leads
    cross join lateral stg.newest_sight('leads', vanished_leads.id) as newest_row
    left join lateral (
        select
            stg_lead_events.id,
            stg_lead_events.type,
            stg_lead_events.created_at
        from stg.stg_lead_events
        where
            stg_lead_events.lead_id = vanished_leads.id
            and stg_lead_events.type in ('lead_deleted', 'lead_restored')
            and stg_lead_events.created_at >= newest_row.observed_at
        order by stg_lead_events.created_at desc, stg_lead_events.id desc
        limit 1
    ) as last_event on true
    left join lateral (
        select
            case when count(*) = 1 then min(stg_lead_events.created_at) end as merged_at,
            case when count(*) = 1 then min(stg_lead_events.id) end as merge_event
        from stg.stg_lead_events
        where
            stg_lead_events.type = 'entity_merged'
            and stg_lead_events.created_at > newest_row.observed_at
            and stg_lead_events.created_at <= $2::timestamptz
    ) as merges on true
    where not newest_row.is_deleted
)

select
    judged_leads.id::text as id,
    case
        when judged_leads.deleted_at is null and judged_leads.merged_at is null
            then 'absence'
        else 'event'
    end as deleted_by,
    (
        select
            jsonb_build_object(
                'id', stg_lead_events.id,
                'type', stg_lead_events.type,
                'entity_id', stg_lead_events.lead_id,
                'entity_type', 'lead',
                'created_at', extract(epoch from stg_lead_events.created_at)::bigint
            )
        from stg.stg_lead_events
        where
            stg_lead_events.id
            = coalesce(judged_leads.deleted_event, judged_leads.merge_event)
    ) as event,
    to_char(
        coalesce(judged_leads.deleted_at, judged_leads.merged_at, judged_leads.scan_at)
        at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    ) as deleted_at
from judged_leads
where
    judged_leads.deleted_at is not null
    or judged_leads.merged_at is not null
    or judged_leads.scan_at >= judged_leads.observed_at;
