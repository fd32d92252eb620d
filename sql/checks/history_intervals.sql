-- What:  error: versions with an empty or backward interval, or called current while closed
-- Grain: one row per version
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, changed_*
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: no moment falls into such a version, so its state was never true. Constraints
-- refuse it too; this finds it where one was dropped or not validated.

with versions as (
    select
        ods_leads_hist.id,
        ods_leads_hist.is_current,
        ods_leads_hist.valid_from,
        ods_leads_hist.valid_to
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select
        ods_clients_hist.id,
        ods_clients_hist.is_current,
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    where current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select
        ods_cars_hist.id,
        ods_cars_hist.is_current,
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    where current_setting('rental.checked_table') = 'ods.ods_cars_hist'
)

select
    versions.id,
    'from ' || versions.valid_from || ' to '
    || coalesce(versions.valid_to::text, 'open')
    || case when versions.is_current then ', current' else '' end as detail
from versions
where
    versions.valid_to <= versions.valid_from
    or versions.is_current <> (versions.valid_to is null);
