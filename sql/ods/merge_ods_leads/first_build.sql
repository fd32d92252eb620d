-- What:  writes, in a first build, the leads of which one copy landed: nothing to put in order,
--        nothing to compare, and most of all there is
-- Grain: one row per version of a lead; no row of any other build
-- Reads: changed_leads (of copies.sql), version_counts (of versions.sql: of all other leads,
--        which merge_ods_leads.sql writes), stg.stg_leads
-- If:    leads_alone (of copies.sql)

-- All indexes, the key too, are made once all rows are there.
select
    case
        when exists (select from changed_leads where changed_leads.is_alone)
            then ops.drop_indexes_of('ods.ods_leads_hist')
    end as are_dropped;

with opened as (
    insert into ods.ods_leads_hist (
        id, pipeline_id, status_id, responsible_user_id, loss_reason_id,
        car_element_id, client_element_id, name, model, plate, client_name,
        license, budget, dailyrate, rental_start, rental_end, closed_at,
        created_at, updated_at, valid_from, valid_to, is_current, closed_by,
        load_date
    )
    select
        stg_leads.id,
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
        least(stg_leads.observed_at, greatest(stg_leads.updated_at, stg_leads.created_at))
            as valid_from,
        null as valid_to,
        true as is_current,
        null as closed_by,
        (select current_setting('rental.logical_date')::date) as load_date
    from stg.stg_leads
    inner join changed_leads on stg_leads.id = changed_leads.id
    where changed_leads.is_alone and not stg_leads.is_deleted
    returning 1
)

-- Instead of what versions.sql has told, which knows nothing of leads of one copy.
select
    alone.versions + version_counts.rows_written as rows_written,
    alone.versions + version_counts.versions_opened as versions_opened
from (select count(*) as versions from opened) as alone
cross join version_counts;
