-- What:  shows versions.sql and newest.sql the leads that changed, and versions.sql their
--        versions
-- Grain: looked_at: a lead; kept_versions: a version, of which is_doubtful says, where it is
--        open, that the newest row of its lead in stg may say something else
-- Reads: changed_leads, stg.stg_leads, ods.ods_leads_hist, ops.watermark

create temporary view looked_at as
select changed_leads.id
from changed_leads;

create temporary view kept_versions as
select
    ods_leads_hist.id,
    ods_leads_hist.is_current,
    ods_leads_hist.updated_at,
    ods_leads_hist.valid_from,
    ods_leads_hist.valid_to,
    case
        when
            ods_leads_hist.is_current
            -- Of very many newest.sql looks for itself.
            and not (select current_setting('rental.is_large_scope')::boolean)
            then (
                select
                    stg_leads.is_deleted
                    or row(
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
                    or exists (
                        select
                        from stg.stg_leads as twins
                        where
                            twins.id = stg_leads.id
                            and twins.observed_at = stg_leads.observed_at
                            and twins.row_hash < stg_leads.row_hash
                    )
                from stg.stg_leads
                where
                    stg_leads.id = ods_leads_hist.id
                    -- What a load has landed since the last merge is not in the history
                    -- yet. (Asked as "is not true", so that nobody looks for the rows by
                    -- it: nearly all have landed before.)
                    and (
                        stg_leads.landed_seq
                        > (
                            select watermark.position
                            from ops.watermark
                            where watermark.name = 'ods.ods_leads_hist'
                        )
                    ) is not true
                -- Of two that were seen at one time the twin is the other one.
                order by stg_leads.observed_at desc, stg_leads.row_hash desc
                limit 1
            )
    end as is_doubtful
from ods.ods_leads_hist;

select set_config('rental.scoped_history', 'ods.ods_leads_hist', true) as scoped_history;
