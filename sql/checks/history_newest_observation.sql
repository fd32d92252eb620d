-- What:  error: open versions that are not what the CRM showed last
-- Grain: one row per record
-- Reads: history_versions and newest_sights (of ops/scope_history.sql and
--        ops/scope_newest_sights.sql)
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
    history_versions.id,
    'the version of ' || history_versions.valid_from
    || ' is open, another state was seen at ' || newest_sights.observed_at as detail
from newest_sights
inner join history_versions
    on
        newest_sights.table_name = history_versions.table_name
        and newest_sights.id = history_versions.id
        and history_versions.is_current
where
    newest_sights.table_name = current_setting('rental.checked_table')
    and not newest_sights.is_deleted
    and history_versions.state is distinct from newest_sights.state;
