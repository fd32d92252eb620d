-- What:  the versions of one record, oldest first
-- Grain: one row per version: its columns as json, in the order of the table
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, $1 which of them
--        (leads, clients, cars), $2 the id, $3 the moment that matters alone (or null)

with versions as (
    select
        ods_leads_hist.valid_from,
        ods_leads_hist.valid_to,
        row_to_json(ods_leads_hist) as version
    from ods.ods_leads_hist
    where $1 = 'leads' and ods_leads_hist.id = $2::bigint
    union all
    select
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to,
        row_to_json(ods_clients_hist) as version
    from ods.ods_clients_hist
    where $1 = 'clients' and ods_clients_hist.id = $2::bigint
    union all
    select
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to,
        row_to_json(ods_cars_hist) as version
    from ods.ods_cars_hist
    where $1 = 'cars' and ods_cars_hist.id = $2::bigint
)

select versions.version
from versions
where
    $3::text::timestamptz is null
    or (
        versions.valid_from <= $3::text::timestamptz
        and (versions.valid_to > $3::text::timestamptz or versions.valid_to is null)
    )
order by versions.valid_from;
