-- What:  shows checks of a history the newest row of each changed record in stg, read once for
--        all of them
-- Grain: newest_sights: a changed record
-- Reads: changed_*, stg.stg_leads, stg.stg_clients, stg.stg_cars, ops.watermark,
--        rental.scoped_history (the one table that is looked at, or everything)
--
-- state is that of scope_history.sql. What a load has landed since the last merge is not in the
-- history yet. (By a difference, so that the rows are found by their records: nearly all have
-- landed before. Of each record the last ones alone are read, however long its life is.)

create temporary table newest_sights on commit drop as
with sights as (
    select
        'ods.ods_leads_hist' as table_name,
        newest.id,
        newest.is_deleted,
        newest.observed_at,
        newest.updated_at,
        newest.row_hash,
        hash_record_extended(
            row(
                newest.pipeline_id, newest.status_id,
                newest.responsible_user_id, newest.loss_reason_id,
                newest.car_element_id, newest.client_element_id, newest.name,
                newest.model, newest.plate, newest.client_name,
                newest.license, newest.budget, newest.dailyrate,
                newest.rental_start, newest.rental_end, newest.closed_at
            ),
            0
        ) as state
    from changed_leads
    cross join lateral (
        select stg_leads.*
        from stg.stg_leads
        where
            stg_leads.id = changed_leads.id
            and stg_leads.landed_seq - (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_leads_hist'
            ) <= 0
        order by stg_leads.observed_at desc
        fetch first 1 row with ties
    ) as newest
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_leads_hist')
    union all
    select
        'ods.ods_clients_hist' as table_name,
        newest.id,
        newest.is_deleted,
        newest.observed_at,
        newest.updated_at,
        newest.row_hash,
        hash_record_extended(
            row(
                newest.client_name, newest.gender, newest.phone,
                newest.email, newest.nationality, newest.license,
                newest.birth_date
            ),
            0
        ) as state
    from changed_clients
    cross join lateral (
        select stg_clients.*
        from stg.stg_clients
        where
            stg_clients.id = changed_clients.id
            and stg_clients.landed_seq - (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_clients_hist'
            ) <= 0
        order by stg_clients.observed_at desc
        fetch first 1 row with ties
    ) as newest
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_clients_hist')
    union all
    select
        'ods.ods_cars_hist' as table_name,
        newest.id,
        newest.is_deleted,
        newest.observed_at,
        newest.updated_at,
        newest.row_hash,
        hash_record_extended(
            row(
                newest.model, newest.color, newest.plate, newest.vin,
                newest.year, newest.dailyrate, newest.in_fleet_from,
                newest.in_fleet_to
            ),
            0
        ) as state
    from changed_cars
    cross join lateral (
        select stg_cars.*
        from stg.stg_cars
        where
            stg_cars.id = changed_cars.id
            and stg_cars.landed_seq - (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_cars_hist'
            ) <= 0
        order by stg_cars.observed_at desc
        fetch first 1 row with ties
    ) as newest
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_cars_hist')
)

select distinct on (sights.id, sights.table_name)
    sights.table_name,
    sights.id,
    sights.is_deleted,
    sights.observed_at,
    sights.state
from sights
order by
    sights.id, sights.table_name, sights.observed_at desc, sights.updated_at desc,
    sights.is_deleted desc, sights.row_hash collate "C" desc;

analyze newest_sights (table_name, id);

select count(*) as records_to_check
from newest_sights;
