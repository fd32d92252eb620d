-- What:  error: deleted records that have an open version, live ones that have none
-- Grain: one row per record
-- Reads: history_versions and newest_sights (of ops/scope_history.sql and
--        ops/scope_newest_sights.sql)
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a deleted lead that stays open goes on earning money in every report, and a live
-- one without an open version is missing from all of them. The newest row in the order
-- of stg decides, of those that the last merge has taken in.

with newest as (
    select
        newest_sights.id,
        newest_sights.is_deleted,
        history_versions.id is not null as is_open
    from newest_sights
    left join history_versions
        on
            newest_sights.table_name = history_versions.table_name
            and newest_sights.id = history_versions.id
            and history_versions.is_current
    where newest_sights.table_name = current_setting('rental.checked_table')
)

select distinct
    newest.id,
    case
        when newest.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from newest
where newest.is_deleted = newest.is_open;
