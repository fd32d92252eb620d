-- What:  leads that a read of all of them did not show although STG has them as live
-- Grain: one row per such lead in ops.missing_lead; the row of metrics counts them
-- Reads: stg.stg_leads, seen_leads (temporary), rental.scan_at (the CRM's time at the
--        start of that read)
--
-- Absence alone closes nothing: load_events asks for these ids. What was seen after the
-- read began says nothing about it.

delete from ops.missing_lead;

with newest_rows as (
    select distinct on (stg_leads.id)
        stg_leads.id,
        stg_leads.is_deleted,
        stg_leads.observed_at
    from stg.stg_leads
    order by
        stg_leads.id,
        stg_leads.observed_at desc,
        stg_leads.updated_at desc,
        stg_leads.is_deleted desc,
        stg_leads.row_hash collate "C" desc
)

insert into ops.missing_lead (id, scan_at)
select
    newest_rows.id,
    current_setting('rental.scan_at')::timestamptz as scan_at
from newest_rows
left join seen_leads on newest_rows.id = seen_leads.id
where
    seen_leads.id is null
    and not newest_rows.is_deleted
    and newest_rows.observed_at <= current_setting('rental.scan_at')::timestamptz;

select count(*) as leads_missing
from ops.missing_lead;
