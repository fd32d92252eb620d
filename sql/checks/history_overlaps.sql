-- What:  error: versions of one record that are valid at the same moment
-- Grain: one row per version that opens before its predecessor has closed
-- Reads: history_versions (of ops/scope_history.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: every as-of question would have two answers. The database refuses two open
-- versions and backward intervals by constraints, which cannot see an overlap.

select
    history_versions.id,
    'opens at ' || history_versions.valid_from || ', the version before it closes '
    || coalesce('at ' || history_versions.closed_before, 'never') as detail
from history_versions
where
    history_versions.table_name = current_setting('rental.checked_table')
    and history_versions.opened_before is not null
    and (
        history_versions.closed_before is null
        or history_versions.closed_before > history_versions.valid_from
    );
