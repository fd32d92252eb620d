-- What:  shows newest.sql which rows in stg are not what the open version of their lead says
-- Grain: compared_sights: a row in stg, and the open version of its lead
-- Reads: stg.stg_leads, ods.ods_leads_hist
-- If:    has_doubts (of ../versions.sql)

create temporary view compared_sights as
select
    stg_leads.id,
    stg_leads.row_hash collate "C" as row_hash,
    stg_leads.is_deleted,
    stg_leads.updated_at,
    stg_leads.observed_at,
    stg_leads.landed_seq,
    ods_leads_hist.valid_from as opened_at,
    stg_leads.is_deleted = (ods_leads_hist.id is not null)
    or (
        not stg_leads.is_deleted
        and row(
            stg_leads.pipeline_id, stg_leads.status_id,
            stg_leads.responsible_user_id, stg_leads.loss_reason_id,
            stg_leads.car_element_id, stg_leads.client_element_id,
            stg_leads.name, stg_leads.model, stg_leads.plate,
            stg_leads.client_name, stg_leads.license, stg_leads.budget,
            stg_leads.dailyrate, stg_leads.rental_start, stg_leads.rental_end,
            stg_leads.closed_at
        ) is distinct from row(
            ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
            ods_leads_hist.responsible_user_id, ods_leads_hist.loss_reason_id,
            ods_leads_hist.car_element_id, ods_leads_hist.client_element_id,
            ods_leads_hist.name, ods_leads_hist.model, ods_leads_hist.plate,
            ods_leads_hist.client_name, ods_leads_hist.license,
            ods_leads_hist.budget, ods_leads_hist.dailyrate,
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            ods_leads_hist.closed_at
        )
    ) as is_other
from stg.stg_leads
left join ods.ods_leads_hist
    on stg_leads.id = ods_leads_hist.id and ods_leads_hist.is_current;

select 'leads' as compared;
