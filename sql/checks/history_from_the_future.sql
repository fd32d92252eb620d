-- What:  warn: versions that say they were changed after the CRM showed them
-- Grain: one row per version
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.stg_leads,
--        stg.stg_clients, stg.stg_cars, changed_*
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
        ods_leads_hist.id,
        ods_leads_hist.valid_from,
        ods_leads_hist.updated_at,
        max(stg_leads.observed_at) as seen_at
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    inner join stg.stg_leads
        on
            ods_leads_hist.id = stg_leads.id
            and ods_leads_hist.updated_at = stg_leads.updated_at
    where
        current_setting('rental.checked_table') = 'ods.ods_leads_hist'
        and ods_leads_hist.updated_at
        > ods_leads_hist.valid_from + interval '10 minutes'
    group by ods_leads_hist.id, ods_leads_hist.valid_from, ods_leads_hist.updated_at
    union all
    select
        ods_clients_hist.id,
        ods_clients_hist.valid_from,
        ods_clients_hist.updated_at,
        max(stg_clients.observed_at) as seen_at
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    inner join stg.stg_clients
        on
            ods_clients_hist.id = stg_clients.id
            and ods_clients_hist.updated_at = stg_clients.updated_at
    where
        current_setting('rental.checked_table') = 'ods.ods_clients_hist'
        and ods_clients_hist.updated_at
        > ods_clients_hist.valid_from + interval '10 minutes'
    group by ods_clients_hist.id, ods_clients_hist.valid_from, ods_clients_hist.updated_at
    union all
    select
        ods_cars_hist.id,
        ods_cars_hist.valid_from,
        ods_cars_hist.updated_at,
        max(stg_cars.observed_at) as seen_at
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    inner join stg.stg_cars
        on
            ods_cars_hist.id = stg_cars.id
            and ods_cars_hist.updated_at = stg_cars.updated_at
    where
        current_setting('rental.checked_table') = 'ods.ods_cars_hist'
        and ods_cars_hist.updated_at
        > ods_cars_hist.valid_from + interval '10 minutes'
    group by ods_cars_hist.id, ods_cars_hist.valid_from, ods_cars_hist.updated_at
)

select
    versions.id,
    'says it was changed at ' || versions.updated_at || ', was seen by '
    || versions.seen_at as detail
from versions
where versions.updated_at > versions.seen_at + interval '10 minutes';
