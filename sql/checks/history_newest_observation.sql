-- What:  error: open versions that are not what the CRM showed last
-- Grain: one row per record
-- Reads: newest_sights (of ops/scope_history.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: the newest observation is the present, in every business column; a report of
-- today would show a state that the CRM has left. Whether there is an open version at
-- all is for history_current_state. What a load has landed since the last merge is not in
-- the history yet.

select
    newest_sights.id,
    'the version of ' || newest_sights.opened_at
    || ' is open, another state was seen at ' || newest_sights.observed_at as detail
from newest_sights
where
    newest_sights.table_name = current_setting('rental.checked_table')
    and not newest_sights.is_deleted
    and newest_sights.is_open;
