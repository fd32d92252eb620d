-- What:  shows the law of history the copies of leads, and the versions there are
-- Grain: copies: a copy of a lead; stored_versions: a version of one;
--        restores: an event
-- Reads: stg.stg_leads, stg.stg_lead_events, ods.ods_leads_hist
-- If:    ids_derived (of next_versions.sql)

create temporary view copies as
select
    stg_leads.id,
    stg_leads.ctid as copy_place,
    stg_leads.row_hash collate "C" as row_hash,
    stg_leads.is_deleted,
    stg_leads.deleted_by,
    stg_leads.created_at,
    stg_leads.updated_at,
    stg_leads.observed_at,
    -- A deleted copy is a marker: what it carries besides is never data.
    case
        when not stg_leads.is_deleted
            then hash_record_extended(
                row(
                    stg_leads.pipeline_id, stg_leads.status_id,
                    stg_leads.responsible_user_id, stg_leads.loss_reason_id,
                    stg_leads.car_element_id, stg_leads.client_element_id,
                    stg_leads.name, stg_leads.model, stg_leads.plate,
                    stg_leads.client_name, stg_leads.license, stg_leads.budget,
                    stg_leads.dailyrate, stg_leads.rental_start,
                    stg_leads.rental_end, stg_leads.closed_at
                ),
                0
            )
    end as state
from stg.stg_leads;

create temporary view restores as
select
    stg_lead_events.lead_id as id,
    stg_lead_events.created_at as restored_at
from stg.stg_lead_events
where stg_lead_events.type = 'lead_restored';

create temporary view stored_versions as
select
    ods_leads_hist.id,
    ods_leads_hist.ctid as stored_place,
    ods_leads_hist.is_current,
    ods_leads_hist.closed_by,
    ods_leads_hist.created_at,
    ods_leads_hist.updated_at,
    ods_leads_hist.valid_from,
    ods_leads_hist.valid_to,
    hash_record_extended(
        row(
            ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
            ods_leads_hist.responsible_user_id, ods_leads_hist.loss_reason_id,
            ods_leads_hist.car_element_id, ods_leads_hist.client_element_id,
            ods_leads_hist.name, ods_leads_hist.model, ods_leads_hist.plate,
            ods_leads_hist.client_name, ods_leads_hist.license,
            ods_leads_hist.budget, ods_leads_hist.dailyrate,
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            ods_leads_hist.closed_at
        ),
        0
    ) as state
from ods.ods_leads_hist;

-- Nothing is counted here: the files that read them do.
select;
