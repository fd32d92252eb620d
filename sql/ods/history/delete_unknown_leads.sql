-- What:  deletes the versions of leads that stg knows nothing of
-- Grain: one row per lead that had such versions
-- Reads: ods.ods_leads_hist, stg.stg_leads

with deleted as (
    delete from ods.ods_leads_hist
    where
        not exists (
            select
            from stg.stg_leads
            where stg_leads.id = ods_leads_hist.id
        )
    returning ods_leads_hist.id
),

-- For the marts, as a merge does.
noted as (
    select dds.note_changed_leads(array(select deleted.id from deleted)) as leads
)

select
    deleted.id,
    count(*) as versions
from deleted
cross join noted
group by deleted.id
order by deleted.id;
