-- What:  finds the leads that changed, and shows them the files of the law of history
-- Grain: changed_leads: a lead; of the only copy that landed of one, where it lies and when it
--        opens, and of a live one whether it is_other than the open version at stored_place
-- Reads: stg.stg_leads, stg.stg_lead_events, ods.ods_leads_hist, ops.watermark

-- A load locks the same rows before it lands anything: what landed is visible below.
select ops.lock_watermarks(
    'stg.stg_leads', 'stg.stg_lead_events', 'ods.ods_leads_hist',
    'ods.ods_leads_hist/events'
);

-- A first build sorts all there is. The planner needs to know of a temporary table how many
-- rows it has, for which a few are enough.
select
    set_config('work_mem', '64MB', true) as work_mem,
    set_config('default_statistics_target', '10', true) as statistics_target;

-- Of a first build there are scans that on every other day read nothing, but for which the
-- planner would start workers where nobody has counted the tables yet.
select set_config('max_parallel_workers_per_gather', '0', true) as workers
from ops.watermark
where watermark.name = 'ods.ods_leads_hist' and watermark.position > 0;

-- Only where the versions that are there tell what was merged before.
select set_config('rental.may_go_on', (watermark.position > 0)::text, true) as may_go_on
from ops.watermark
where watermark.name = 'ods.ods_leads_hist';

create temporary table changed_leads on commit drop as
with merged as (
    select
        watermark.cursor_at as seen_until,
        watermark.position = 0
        and not exists (select from ods.ods_leads_hist)
        -- Who asks what differs hears of each version.
        and current_setting('rental.lists_differences', true) is distinct from 'true'
            as is_first_build
    from ops.watermark
    where watermark.name = 'ods.ods_leads_hist'
),

changes as (
    select
        stg_leads.id,
        stg_leads.ctid as new_place,
        least(stg_leads.observed_at, stg_leads.updated_at) as opens_at,
        open_versions.stored_place,
        open_versions.is_other
    from stg.stg_leads
    -- Of a live copy what the open version of its lead says, while the copy is at hand.
    left join lateral (
        select
            ods_leads_hist.ctid as stored_place,
            row(
                stg_leads.status_id, stg_leads.budget, stg_leads.pipeline_id,
                stg_leads.responsible_user_id, stg_leads.loss_reason_id,
                stg_leads.car_element_id, stg_leads.client_element_id, stg_leads.name,
                stg_leads.model, stg_leads.plate, stg_leads.client_name, stg_leads.license,
                stg_leads.dailyrate, stg_leads.rental_start, stg_leads.rental_end,
                stg_leads.closed_at
            ) is distinct from row(
                ods_leads_hist.status_id, ods_leads_hist.budget, ods_leads_hist.pipeline_id,
                ods_leads_hist.responsible_user_id, ods_leads_hist.loss_reason_id,
                ods_leads_hist.car_element_id, ods_leads_hist.client_element_id,
                ods_leads_hist.name, ods_leads_hist.model, ods_leads_hist.plate,
                ods_leads_hist.client_name, ods_leads_hist.license, ods_leads_hist.dailyrate,
                ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                ods_leads_hist.closed_at
            ) as is_other
        from ods.ods_leads_hist
        where
            ods_leads_hist.id = stg_leads.id
            and ods_leads_hist.is_current
            and not stg_leads.is_deleted
        -- Said, so that each is looked up, however many the planner thinks there are.
        limit 1
    ) as open_versions on true
    where
        stg_leads.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_leads_hist'
        )
    union all
    -- A restore that is told late moves the opening of the return.
    select
        stg_lead_events.lead_id as id,
        null as new_place,
        null as opens_at,
        null as stored_place,
        null as is_other
    from stg.stg_lead_events
    where
        stg_lead_events.type = 'lead_restored'
        and stg_lead_events.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_leads_hist/events'
        )
        and exists (
            select
            from stg.stg_leads
            where stg_leads.id = stg_lead_events.lead_id
        )
),

counted as (
    select
        changes.id,
        count(changes.new_place) as copies,
        max(changes.new_place) as new_place,
        max(changes.stored_place) as stored_place,
        max(changes.opens_at) as opens_at,
        -- Null where there is more to a lead than one live copy beside an open version.
        case when count(*) = 1 then bool_or(changes.is_other) end as is_other
    from changes
    where not (select merged.is_first_build from merged)
    group by changes.id
)

-- Of a first build all, from the key alone and in its order: what is sorted need not be.
select
    stg_leads.id,
    count(*) as copies,
    count(*) = 1 as is_alone,
    null::tid as new_place,
    null::tid as stored_place,
    null::timestamptz as seen_before_at,
    null::timestamptz as opens_at,
    null::boolean as is_other
from stg.stg_leads
where (select merged.is_first_build from merged)
group by stg_leads.id
union all
select
    counted.id,
    counted.copies,
    false as is_alone,
    counted.new_place,
    counted.stored_place,
    -- Of the only new copy: when the last was seen before it, if it is the last itself. On most
    -- days it is later than all that was taken in of any lead, which is as good to know; else
    -- the key alone says it, however long the life of the lead is.
    case
        when counted.is_other is null then null
        when counted.opens_at > (select merged.seen_until from merged)
            then (select merged.seen_until from merged)
        else (
            select stg_leads.observed_at
            from stg.stg_leads
            where stg_leads.id = counted.id
            order by stg_leads.observed_at desc
            limit 1 offset 1
        )
    end as seen_before_at,
    counted.opens_at,
    counted.is_other
from counted
-- In the order of what is looked up for them: neighbours are in pages already read.
order by 1;

analyze changed_leads (id, is_alone, is_other);

-- Of all rows none is looked up alone, however many the planner thinks there are.
select set_config('enable_nestloop', 'off', true) as nestloop
where exists (select from changed_leads where changed_leads.is_alone);

-- Leads of one copy, in a first build, are for first_build.sql.
create temporary view changed_records as
select
    changed_leads.id,
    changed_leads.new_place,
    changed_leads.stored_place,
    changed_leads.seen_before_at,
    changed_leads.opens_at,
    changed_leads.is_other,
    false as is_alone
from changed_leads
where not changed_leads.is_alone;

select
    coalesce(sum(changed_leads.copies), 0)::bigint as rows_read,
    count(*) filter (where changed_leads.is_alone) as leads_alone
from changed_leads;
