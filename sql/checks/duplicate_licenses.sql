-- What:  warn: live clients that have the same licence
-- Grain: one row per client
-- Reads: ods.ods_clients_hist, changed_clients
-- Scope: changed_clients
-- After: merge_ods_clients: ods.ods_clients_hist
--
-- Why: a look-up by that licence finds no client for certain, so its rentals go to the
-- unknown client. Most often a person was entered twice.

select
    ods_clients_hist.id,
    'same licence as client ' || string_agg(twins.id::text, ', ' order by twins.id)
        as detail
from ods.ods_clients_hist
inner join changed_clients on ods_clients_hist.id = changed_clients.id
inner join ods.ods_clients_hist as twins
    on
        ods.lookup_key(ods_clients_hist.license) = ods.lookup_key(twins.license)
        and ods_clients_hist.id <> twins.id
where
    ods_clients_hist.is_current
    and twins.is_current
group by ods_clients_hist.id;
