-- What:  the records that an id or a plate means
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, $1 the id (or null),
--        $2 the text, $3 how many

with found as (
    select
        'lead' as kind,
        ods_leads_hist.id
    from ods.ods_leads_hist
    where ods_leads_hist.id = $1::bigint
    union
    select
        'client' as kind,
        ods_clients_hist.id
    from ods.ods_clients_hist
    where ods_clients_hist.id = $1::bigint
    union
    select
        'car' as kind,
        ods_cars_hist.id
    from ods.ods_cars_hist
    where ods_cars_hist.id = $1::bigint
    union
    select
        'car' as kind,
        ods_cars_hist.id
    from ods.ods_cars_hist
    where ods.lookup_key(ods_cars_hist.plate) = ods.lookup_key($2::text)
)

select
    found.kind,
    found.id,
    case found.kind
        when 'car' then (
            select concat_ws(', ', newest.model, newest.plate)
            from ods.ods_cars_hist as newest
            where newest.id = found.id
            order by newest.valid_from desc
            limit 1
        )
    end as description
from found
order by found.kind, found.id
limit $3::integer;
