-- What:  error: deleted records that have an open version, live ones that have none
-- Grain: one row per record
-- Reads: newest_sights (of ops/scope_history.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a deleted lead that stays open goes on earning money in every report, and a live
-- one without an open version is missing from all of them. The newest row in the order
-- of stg decides, of those that the last merge has taken in.

select distinct
    newest_sights.id,
    case
        when newest_sights.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from newest_sights
where
    newest_sights.table_name = current_setting('rental.checked_table')
    and newest_sights.is_deleted = newest_sights.is_open;
