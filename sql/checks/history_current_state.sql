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
        newest_row.id,
        newest_row.is_deleted,
        ods_leads_hist.id is not null as is_open
    from stg.newest_sights(
        'leads',
        array(select changed_leads.id from changed_leads),
        (select watermark.position from ops.watermark where watermark.name = 'ods.ods_leads_hist')
    ) as newest_row
    left join ods.ods_leads_hist
        on newest_row.id = ods_leads_hist.id and ods_leads_hist.is_current
    where current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select
        newest_row.id,
        newest_row.is_deleted,
        ods_clients_hist.id is not null as is_open
    from stg.newest_sights(
        'clients',
        array(select changed_clients.id from changed_clients),
        (select watermark.position from ops.watermark where watermark.name = 'ods.ods_clients_hist')
    ) as newest_row
    left join ods.ods_clients_hist
        on newest_row.id = ods_clients_hist.id and ods_clients_hist.is_current
    where current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select
        newest_row.id,
        newest_row.is_deleted,
        ods_cars_hist.id is not null as is_open
    from stg.newest_sights(
        'cars',
        array(select changed_cars.id from changed_cars),
        (select watermark.position from ops.watermark where watermark.name = 'ods.ods_cars_hist')
    ) as newest_row
    left join ods.ods_cars_hist
        on newest_row.id = ods_cars_hist.id and ods_cars_hist.is_current
    where current_setting('rental.checked_table') = 'ods.ods_cars_hist'
)

select distinct
    newest.id,
    case
        when newest.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from newest
where newest.is_deleted = newest.is_open;
