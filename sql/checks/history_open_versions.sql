-- What:  error: records with more than one open version
-- Grain: one row per record
-- Reads: history_versions (of ops/scope_history.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: the current state would be two states, and every join to it would count twice.
-- A partial unique index refuses it too; this finds it where an index was lost or is
-- broken.

select
    history_versions.id,
    max(history_versions.open_versions) || ' open versions' as detail
from history_versions
where
    history_versions.table_name = current_setting('rental.checked_table')
    and history_versions.valid_to is null
group by history_versions.id
having max(history_versions.open_versions) > 1;
