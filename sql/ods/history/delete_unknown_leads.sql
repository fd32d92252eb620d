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
)

select
    deleted.id,
    count(*) as versions
from deleted
group by deleted.id
order by deleted.id;
