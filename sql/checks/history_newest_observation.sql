-- What:  error: open versions that are not what the CRM showed last
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.sights,
--        stg.stg_leads, stg.stg_clients, stg.stg_cars, ops.watermark, changed_*
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: the newest observation is the present, in every business column; a report of
-- today would show a state that the CRM has left. Whether there is an open version at
-- all is for history_current_state. What a load has landed since the last merge is not in
-- the history yet.

select
    ods_leads_hist.id,
    'the version of ' || ods_leads_hist.valid_from || ' is open, another state was seen at '
    || newest.observed_at as detail
from stg.newest_sights(
    'leads',
    array(select changed_leads.id from changed_leads),
    (select watermark.position from ops.watermark where watermark.name = 'ods.ods_leads_hist')
) as sights
inner join ods.ods_leads_hist
    on sights.id = ods_leads_hist.id and ods_leads_hist.is_current
inner join stg.stg_leads as newest
    on
        sights.id = newest.id
        and sights.observed_at = newest.observed_at
        and sights.row_hash = newest.row_hash
where
    current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    and not newest.is_deleted
    and row(
        ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
        ods_leads_hist.responsible_user_id,
        ods_leads_hist.loss_reason_id, ods_leads_hist.car_element_id,
        ods_leads_hist.client_element_id, ods_leads_hist.name,
        ods_leads_hist.model, ods_leads_hist.plate,
        ods_leads_hist.client_name, ods_leads_hist.license,
        ods_leads_hist.budget, ods_leads_hist.dailyrate,
        ods_leads_hist.rental_start, ods_leads_hist.rental_end,
        ods_leads_hist.closed_at
    ) is distinct from row(
        newest.pipeline_id, newest.status_id,
        newest.responsible_user_id, newest.loss_reason_id,
        newest.car_element_id, newest.client_element_id, newest.name,
        newest.model, newest.plate, newest.client_name, newest.license,
        newest.budget, newest.dailyrate, newest.rental_start,
        newest.rental_end, newest.closed_at
    )
union all
select
    ods_clients_hist.id,
    'the version of ' || ods_clients_hist.valid_from || ' is open, another state was seen at '
    || newest.observed_at as detail
from stg.newest_sights(
    'clients',
    array(select changed_clients.id from changed_clients),
    (select watermark.position from ops.watermark where watermark.name = 'ods.ods_clients_hist')
) as sights
inner join ods.ods_clients_hist
    on sights.id = ods_clients_hist.id and ods_clients_hist.is_current
inner join stg.stg_clients as newest
    on
        sights.id = newest.id
        and sights.observed_at = newest.observed_at
        and sights.row_hash = newest.row_hash
where
    current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    and not newest.is_deleted
    and row(
        ods_clients_hist.client_name, ods_clients_hist.gender,
        ods_clients_hist.phone, ods_clients_hist.email,
        ods_clients_hist.nationality, ods_clients_hist.license,
        ods_clients_hist.birth_date
    ) is distinct from row(
        newest.client_name, newest.gender, newest.phone, newest.email,
        newest.nationality, newest.license, newest.birth_date
    )
union all
select
    ods_cars_hist.id,
    'the version of ' || ods_cars_hist.valid_from || ' is open, another state was seen at '
    || newest.observed_at as detail
from stg.newest_sights(
    'cars',
    array(select changed_cars.id from changed_cars),
    (select watermark.position from ops.watermark where watermark.name = 'ods.ods_cars_hist')
) as sights
inner join ods.ods_cars_hist
    on sights.id = ods_cars_hist.id and ods_cars_hist.is_current
inner join stg.stg_cars as newest
    on
        sights.id = newest.id
        and sights.observed_at = newest.observed_at
        and sights.row_hash = newest.row_hash
where
    current_setting('rental.checked_table') = 'ods.ods_cars_hist'
    and not newest.is_deleted
    and row(
        ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
        ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
        ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
    ) is distinct from row(
        newest.model, newest.color, newest.plate, newest.vin,
        newest.year, newest.dailyrate, newest.in_fleet_from,
        newest.in_fleet_to
    );
