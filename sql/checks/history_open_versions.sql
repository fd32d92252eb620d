-- What:  error: records with more than one open version
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist
--
-- Why: the current state would be two states, and every join to it would count twice. A partial
-- unique index refuses it too; this finds it where an index was lost or is broken.

with open_versions as (
    select 'ods.ods_leads_hist' as table_name, ods_leads_hist.id
    from ods.ods_leads_hist
    where ods_leads_hist.valid_to is null
    union all
    select 'ods.ods_clients_hist' as table_name, ods_clients_hist.id
    from ods.ods_clients_hist
    where ods_clients_hist.valid_to is null
    union all
    select 'ods.ods_cars_hist' as table_name, ods_cars_hist.id
    from ods.ods_cars_hist
    where ods_cars_hist.valid_to is null
)

select
    open_versions.table_name,
    open_versions.id,
    count(*) as versions
from open_versions
group by open_versions.table_name, open_versions.id
having count(*) > 1;
