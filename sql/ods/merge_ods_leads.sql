-- What:  writes the versions of leads that are new, changed or no longer true
-- Grain: one row per version of a lead, valid in [valid_from, valid_to)
-- Reads: versions (of compared_versions.sql), closed_versions and written_versions (of
--        versions.sql), next_versions (of next_versions.sql), changed_leads (of copies.sql),
--        stg.stg_leads, stg.stg_lead_events (how far)

delete from ods.ods_leads_hist
using versions
where
    ods_leads_hist.ctid = versions.stored_place
    and (
        versions.fate in ('reopened', 'removed')
        or (versions.fate = 'closed' and versions.is_rewritten)
    );

-- A version that ends keeps its values.
update ods.ods_leads_hist
set
    valid_to = closed_versions.valid_to,
    is_current = false,
    closed_by = closed_versions.closed_by,
    load_date = (select current_setting('rental.logical_date')::date)
from closed_versions
where ods_leads_hist.ctid = closed_versions.stored_place;

insert into ods.ods_leads_hist (
    id, pipeline_id, status_id, responsible_user_id, loss_reason_id,
    car_element_id, client_element_id, name, model, plate, client_name,
    license, budget, dailyrate, rental_start, rental_end, closed_at,
    created_at, updated_at, valid_from, valid_to, is_current, closed_by,
    load_date
)
select
    written_versions.id,
    stg_leads.pipeline_id,
    stg_leads.status_id,
    stg_leads.responsible_user_id,
    stg_leads.loss_reason_id,
    stg_leads.car_element_id,
    stg_leads.client_element_id,
    stg_leads.name,
    stg_leads.model,
    stg_leads.plate,
    stg_leads.client_name,
    stg_leads.license,
    stg_leads.budget,
    stg_leads.dailyrate,
    stg_leads.rental_start,
    stg_leads.rental_end,
    stg_leads.closed_at,
    stg_leads.created_at,
    stg_leads.updated_at,
    written_versions.valid_from,
    written_versions.valid_to,
    written_versions.valid_to is null as is_current,
    written_versions.closed_by,
    (select current_setting('rental.logical_date')::date) as load_date
from written_versions
-- Fetched where they lie, one by one: of a first build all of stg would be put into a hash table.
cross join lateral (
    select stg_leads.*
    from stg.stg_leads
    where stg_leads.ctid = written_versions.copy_place
    offset 0
) as stg_leads;

-- Those that first_build.sql may have taken away.
select
    case
        when to_regclass('ods.ods_leads_hist_one_current') is null
            then ods.create_indexes_of_leads()
    end as are_created;

update ops.watermark
set
    position = progress.read_to,
    cursor_at = progress.seen_until,
    changed_at = clock_timestamp()
from (
    select
        'ods.ods_leads_hist' as name,
        (select max(stg_leads.landed_seq) from stg.stg_leads) as read_to,
        -- No copy that was taken in was seen later: what landed is all taken in.
        (select max(stg_leads.observed_at) from stg.stg_leads) as seen_until
    union all
    select
        'ods.ods_leads_hist/events' as name,
        (select max(stg_lead_events.landed_seq) from stg.stg_lead_events) as read_to,
        null as seen_until
) as progress
where
    watermark.name = progress.name
    and watermark.position < progress.read_to;

select
    dds.note_changed_leads(
        array(
            select versions.id
            from versions
            where versions.fate <> 'kept'
            union all
            select next_versions.id
            from next_versions
            where next_versions.is_change
            union all
            select changed_leads.id
            from changed_leads
            where changed_leads.is_alone
        )
    ) as leads_noted;

drop view changed_records, next_versions, closed_versions, written_versions, version_counts;

select count(*) as ids_changed
from changed_leads;
