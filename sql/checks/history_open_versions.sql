-- What:  error: records with more than one open version
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, changed_*
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: the current state would be two states, and every join to it would count twice.
-- A partial unique index refuses it too; this finds it where an index was lost or is
-- broken.

with open_versions as (
    select ods_leads_hist.id
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where
        ods_leads_hist.valid_to is null
        and current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select ods_clients_hist.id
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    where
        ods_clients_hist.valid_to is null
        and current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select ods_cars_hist.id
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    where
        ods_cars_hist.valid_to is null
        and current_setting('rental.checked_table') = 'ods.ods_cars_hist'
)

select
    open_versions.id,
    count(*) || ' open versions' as detail
from open_versions
group by open_versions.id
having count(*) > 1;
