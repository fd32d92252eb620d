-- What:  error: deleted records that have an open version, live ones that have none
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.sights,
--        ops.watermark, changed_*
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
        changed_leads.id,
        newest_row.is_deleted,
        exists (
            select
            from ods.ods_leads_hist
            where ods_leads_hist.id = changed_leads.id and ods_leads_hist.is_current
        ) as is_open
    from changed_leads
    inner join ops.watermark on watermark.name = 'ods.ods_leads_hist'
    cross join lateral
        stg.newest_sight('leads', changed_leads.id, watermark.position) as newest_row
    where current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select
        changed_clients.id,
        newest_row.is_deleted,
        exists (
            select
            from ods.ods_clients_hist
            where ods_clients_hist.id = changed_clients.id and ods_clients_hist.is_current
        ) as is_open
    from changed_clients
    inner join ops.watermark on watermark.name = 'ods.ods_clients_hist'
    cross join lateral
        stg.newest_sight('clients', changed_clients.id, watermark.position) as newest_row
    where current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select
        changed_cars.id,
        newest_row.is_deleted,
        exists (
            select
            from ods.ods_cars_hist
            where ods_cars_hist.id = changed_cars.id and ods_cars_hist.is_current
        ) as is_open
    from changed_cars
    inner join ops.watermark on watermark.name = 'ods.ods_cars_hist'
    cross join lateral
        stg.newest_sight('cars', changed_cars.id, watermark.position) as newest_row
    where current_setting('rental.checked_table') = 'ods.ods_cars_hist'
)

select
    newest.id,
    case
        when newest.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from newest
where newest.is_deleted = newest.is_open;
