-- What:  shows checks of a history the versions of changed records as they are there now, read
--        once for all of them
-- Grain: history_versions: a version
-- Reads: changed_*, ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist,
--        rental.scoped_history (the one table that is looked at, or everything)
--
-- state stands for all business columns: rows of equal states have equal hashes, and of
-- 20,000,000,000,000,000,000 pairs that differ one would not be told apart.

create temporary table history_versions on commit drop as
select
    'ods.ods_leads_hist' as table_name,
    ods_leads_hist.id,
    ods_leads_hist.is_current,
    ods_leads_hist.updated_at,
    ods_leads_hist.valid_from,
    ods_leads_hist.valid_to,
    case
        when ods_leads_hist.is_current
            then
                hash_record_extended(
                    row(
                        ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
                        ods_leads_hist.responsible_user_id,
                        ods_leads_hist.loss_reason_id, ods_leads_hist.car_element_id,
                        ods_leads_hist.client_element_id, ods_leads_hist.name,
                        ods_leads_hist.model, ods_leads_hist.plate,
                        ods_leads_hist.client_name, ods_leads_hist.license,
                        ods_leads_hist.budget, ods_leads_hist.dailyrate,
                        ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                        ods_leads_hist.closed_at
                    ),
                    0
                )
    end as state
from ods.ods_leads_hist
inner join changed_leads on ods_leads_hist.id = changed_leads.id
where current_setting('rental.scoped_history') in ('everything', 'ods.ods_leads_hist')
union all
select
    'ods.ods_clients_hist' as table_name,
    ods_clients_hist.id,
    ods_clients_hist.is_current,
    ods_clients_hist.updated_at,
    ods_clients_hist.valid_from,
    ods_clients_hist.valid_to,
    case
        when ods_clients_hist.is_current
            then
                hash_record_extended(
                    row(
                        ods_clients_hist.client_name, ods_clients_hist.gender,
                        ods_clients_hist.phone, ods_clients_hist.email,
                        ods_clients_hist.nationality, ods_clients_hist.license,
                        ods_clients_hist.birth_date
                    ),
                    0
                )
    end as state
from ods.ods_clients_hist
inner join changed_clients on ods_clients_hist.id = changed_clients.id
where current_setting('rental.scoped_history') in ('everything', 'ods.ods_clients_hist')
union all
select
    'ods.ods_cars_hist' as table_name,
    ods_cars_hist.id,
    ods_cars_hist.is_current,
    ods_cars_hist.updated_at,
    ods_cars_hist.valid_from,
    ods_cars_hist.valid_to,
    case
        when ods_cars_hist.is_current
            then
                hash_record_extended(
                    row(
                        ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
                        ods_cars_hist.vin, ods_cars_hist.year,
                        ods_cars_hist.dailyrate, ods_cars_hist.in_fleet_from,
                        ods_cars_hist.in_fleet_to
                    ),
                    0
                )
    end as state
from ods.ods_cars_hist
inner join changed_cars on ods_cars_hist.id = changed_cars.id
where current_setting('rental.scoped_history') in ('everything', 'ods.ods_cars_hist');

analyze history_versions (table_name, id, is_current);

select count(*) as versions_to_check
from history_versions;
