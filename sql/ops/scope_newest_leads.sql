-- What:  adds the leads whose newest row in stg is not what their open version says to what checks
--        of the history look at
-- Grain: newest_sights (of scope_history.sql): a lead and its open version
-- Reads: changed_leads, stg.stg_leads, ods.ods_leads_hist, ops.watermark
--
-- What a load has landed since the last merge is not in the history yet. (By a difference, so
-- that the rows are found by their leads: nearly all have landed before. Of each lead the last
-- ones alone are read, however long its life is, but for very many, as in a first build: then all.)

insert into newest_sights (
    table_name, id, is_deleted, is_open, observed_at, opened_at
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = 'ods.ods_leads_hist'
),

size as (
    -- Nobody needs to know how many more.
    select exists (select from changed_leads offset 20000) as is_large
),

sights as not materialized (
    select last_ones.*
    from changed_leads
    cross join lateral (
        select stg_leads.*
        from stg.stg_leads
        where
            stg_leads.id = changed_leads.id
            and stg_leads.landed_seq - (select merged.position from merged) <= 0
        order by stg_leads.observed_at desc
        fetch first 1 row with ties
    ) as last_ones
    where not (select size.is_large from size)
    union all
    select stg_leads.*
    from changed_leads
    inner join stg.stg_leads on changed_leads.id = stg_leads.id
    where
        stg_leads.landed_seq - (select merged.position from merged) <= 0
        and (select size.is_large from size)
),

contradictions as materialized (
    select
        sights.id,
        sights.row_hash,
        sights.is_deleted,
        sights.updated_at,
        sights.observed_at,
        ods_leads_hist.valid_from as opened_at
    from sights
    left join ods.ods_leads_hist
        on sights.id = ods_leads_hist.id and ods_leads_hist.is_current
    where
        sights.is_deleted = (ods_leads_hist.id is not null)
        or (
            not sights.is_deleted
            and row(
                sights.pipeline_id, sights.status_id,
                sights.responsible_user_id, sights.loss_reason_id,
                sights.car_element_id, sights.client_element_id, sights.name,
                sights.model, sights.plate, sights.client_name, sights.license,
                sights.budget, sights.dailyrate, sights.rental_start,
                sights.rental_end, sights.closed_at
            ) is distinct from row(
                ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
                ods_leads_hist.responsible_user_id,
                ods_leads_hist.loss_reason_id, ods_leads_hist.car_element_id,
                ods_leads_hist.client_element_id, ods_leads_hist.name,
                ods_leads_hist.model, ods_leads_hist.plate,
                ods_leads_hist.client_name, ods_leads_hist.license,
                ods_leads_hist.budget, ods_leads_hist.dailyrate,
                ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                ods_leads_hist.closed_at
            )
        )
)

select
    'ods.ods_leads_hist' as table_name,
    contradictions.id,
    contradictions.is_deleted,
    contradictions.opened_at is not null as is_open,
    contradictions.observed_at,
    contradictions.opened_at
from contradictions
-- The last one in the order of stg decides.
where
    not exists (
        select
        from stg.stg_leads as later
        where
            later.id = contradictions.id
            and later.landed_seq - (select merged.position from merged) <= 0
            and (
                later.observed_at, later.updated_at, later.is_deleted,
                later.row_hash collate "C"
            ) > (
                contradictions.observed_at, contradictions.updated_at,
                contradictions.is_deleted, contradictions.row_hash collate "C"
            )
    );

select count(*) as leads_to_judge
from newest_sights;
