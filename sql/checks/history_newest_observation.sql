-- What:  error: open versions that are not what the CRM showed last
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.stg_leads,
--        stg.stg_clients, stg.stg_cars, ops.watermark, changed_*
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: the newest observation is the present, in every business column; a report of
-- today would show a state that the CRM has left. Whether there is an open version at
-- all is for history_current_state.

select
    ods_leads_hist.id,
    'the version of ' || ods_leads_hist.valid_from || ' is open, another state was seen at '
    || newest.observed_at as detail
from changed_leads
inner join ods.ods_leads_hist
    on changed_leads.id = ods_leads_hist.id and ods_leads_hist.is_current
cross join lateral (
    select stg_leads.*
    from stg.stg_leads
    where
        stg_leads.id = changed_leads.id
        -- What a load has landed since the last merge is not in the history yet.
        and stg_leads.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_leads_hist'
        )
    order by
        stg_leads.observed_at desc, stg_leads.updated_at desc, stg_leads.is_deleted desc,
        stg_leads.row_hash collate "C" desc
    limit 1
) as newest
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
from changed_clients
inner join ods.ods_clients_hist
    on changed_clients.id = ods_clients_hist.id and ods_clients_hist.is_current
cross join lateral (
    select stg_clients.*
    from stg.stg_clients
    where
        stg_clients.id = changed_clients.id
        -- What a load has landed since the last merge is not in the history yet.
        and stg_clients.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_clients_hist'
        )
    order by
        stg_clients.observed_at desc, stg_clients.updated_at desc, stg_clients.is_deleted desc,
        stg_clients.row_hash collate "C" desc
    limit 1
) as newest
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
from changed_cars
inner join ods.ods_cars_hist
    on changed_cars.id = ods_cars_hist.id and ods_cars_hist.is_current
cross join lateral (
    select stg_cars.*
    from stg.stg_cars
    where
        stg_cars.id = changed_cars.id
        -- What a load has landed since the last merge is not in the history yet.
        and stg_cars.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_cars_hist'
        )
    order by
        stg_cars.observed_at desc, stg_cars.updated_at desc, stg_cars.is_deleted desc,
        stg_cars.row_hash collate "C" desc
    limit 1
) as newest
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
