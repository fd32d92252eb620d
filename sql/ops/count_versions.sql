-- What:  how much history leads, clients and cars have
-- Grain: one row per entity
-- Reads: the three histories of ods

with versions as (
    select
        1 as place,
        'leads' as entity,
        ods_leads_hist.id,
        ods_leads_hist.is_current
    from ods.ods_leads_hist
    union all
    select
        2 as place,
        'clients' as entity,
        ods_clients_hist.id,
        ods_clients_hist.is_current
    from ods.ods_clients_hist
    union all
    select
        3 as place,
        'cars' as entity,
        ods_cars_hist.id,
        ods_cars_hist.is_current
    from ods.ods_cars_hist
),

records as (
    select
        versions.place,
        versions.entity,
        versions.id,
        count(*) as versions,
        count(*) filter (where versions.is_current) as current_versions
    from versions
    group by versions.place, versions.entity, versions.id
)

select
    records.entity,
    count(*) as records,
    sum(records.versions)::bigint as versions,
    sum(records.current_versions)::bigint as current_versions,
    count(*) filter (where records.versions > 1) as changed_records,
    max(records.versions) as most_versions
from records
group by records.place, records.entity
order by records.place;
