-- What:  warn: versions that say they were changed after the CRM showed them
-- Grain: one row per version
-- Reads: history_versions (of ops/scope_history.sql), stg.sights
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a client of the API writes updated_at ahead, or a clock or time zone on the way is
-- wrong; the history then opens them when they were seen, so only versions that open before
-- the change that they tell are looked at. Both times are the CRM's; ten minutes are left for
-- the clocks of its machines.

with versions as (
    select
        history_versions.id,
        history_versions.valid_from,
        history_versions.updated_at,
        max(sights.observed_at) as seen_at
    from history_versions
    inner join stg.sights
        on
            history_versions.id = sights.id
            and history_versions.updated_at = sights.updated_at
    where
        history_versions.table_name = current_setting('rental.checked_table')
        and sights.entity
        = split_part(current_setting('rental.checked_table'), '_', 2)
        and history_versions.updated_at
        > history_versions.valid_from + interval '10 minutes'
    group by
        history_versions.id, history_versions.valid_from, history_versions.updated_at
)

select
    versions.id,
    'says it was changed at ' || versions.updated_at || ', was seen by '
    || versions.seen_at as detail
from versions
where versions.updated_at > versions.seen_at + interval '10 minutes';
