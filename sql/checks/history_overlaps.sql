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

with neighbours as (
    select
        history_versions.id,
        history_versions.valid_from,
        lag(history_versions.valid_from) over history as opened_before,
        lag(history_versions.valid_to) over history as closed_before
    from history_versions
    where history_versions.table_name = current_setting('rental.checked_table')
    window history as (
        partition by history_versions.id
        order by history_versions.valid_from
    )
)

select
    neighbours.id,
    'opens at ' || neighbours.valid_from || ', the version before it closes '
    || coalesce('at ' || neighbours.closed_before, 'never') as detail
from neighbours
where
    neighbours.opened_before is not null
    and (
        neighbours.closed_before is null
        or neighbours.closed_before > neighbours.valid_from
    );
