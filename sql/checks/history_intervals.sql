-- What:  error: versions with an empty or backward interval, or called current while closed
-- Grain: one row per version
-- Reads: history_versions (of ops/scope_history.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: no moment falls into such a version, so its state was never true. Constraints
-- refuse it too; this finds it where one was dropped or not validated.

select
    history_versions.id,
    'from ' || history_versions.valid_from || ' to '
    || coalesce(history_versions.valid_to::text, 'open')
    || case when history_versions.is_current then ', current' else '' end as detail
from history_versions
where
    history_versions.table_name = current_setting('rental.checked_table')
    and (
        history_versions.valid_to <= history_versions.valid_from
        or history_versions.is_current <> (history_versions.valid_to is null)
    );
