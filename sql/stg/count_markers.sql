-- What:  how many markers of deletion a load of leads has landed, by their evidence
-- Grain: one row
-- Reads: stg.stg_leads, $1 the last landed_seq before the load

select
    count(*) filter (where stg_leads.deleted_by = 'only_deleted') as deleted_by_trash,
    count(*) filter (where stg_leads.deleted_by = 'event') as deleted_by_event,
    count(*) filter (where stg_leads.deleted_by = 'absence') as deleted_by_absence
from stg.stg_leads
where stg_leads.landed_seq > $1::bigint and stg_leads.is_deleted;
