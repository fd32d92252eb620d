-- What:  brings fact_rentals up to the history of leads, cars and clients
-- Grain: one row per live lead that is now in the rental pipeline
-- Reads: ods.ods_leads_hist, ods.ods_cars_hist, ods.ods_clients_hist,
--        dict.dict_status_leads, stg.* (which records changed), ops.watermark
--
-- Computed anew are the leads that changed, those that point at a changed car or
-- client (by link, plate or licence) and those in a changed status; all of them when
-- the rental pipeline or the grace time was set otherwise.

select ops.lock_watermarks(
    'ods.ods_leads_hist', 'ods.ods_cars_hist', 'ods.ods_clients_hist',
    'dict.dict_status_leads', 'dds.fact_rentals', 'dds.fact_rentals/cars',
    'dds.fact_rentals/clients', 'dds.fact_rentals/statuses'
);

create temporary table reading on commit drop as
select
    -- Before the very first load (a dry run can come earlier) there is nothing to find it for.
    case
        when
            exists (select from ods.ods_leads_hist)
            or exists (select from dict.dict_status_leads)
            then dict.rental_pipeline_id(current_setting('rental.pipeline'))
    end as pipeline_id,
    current_setting('rental.business_tz') as business_tz,
    current_setting('rental.grace_minutes')::integer as grace_minutes,
    leads_done.position as leads_from,
    leads_ready.position as leads_to,
    cars_done.position as cars_from,
    cars_ready.position as cars_to,
    clients_done.position as clients_from,
    clients_ready.position as clients_to,
    statuses_done.position as statuses_from,
    (select coalesce(max(dict_status_leads.changed_seq), 0) from dict.dict_status_leads)
        as statuses_to,
    leads_done.settings as settings_before,
    null::text as settings_now
from ops.watermark as leads_done
cross join ops.watermark as leads_ready
cross join ops.watermark as cars_done
cross join ops.watermark as cars_ready
cross join ops.watermark as clients_done
cross join ops.watermark as clients_ready
cross join ops.watermark as statuses_done
where
    leads_done.name = 'dds.fact_rentals'
    and leads_ready.name = 'ods.ods_leads_hist'
    and cars_done.name = 'dds.fact_rentals/cars'
    and cars_ready.name = 'ods.ods_cars_hist'
    and clients_done.name = 'dds.fact_rentals/clients'
    and clients_ready.name = 'ods.ods_clients_hist'
    and statuses_done.name = 'dds.fact_rentals/statuses';

update reading
set settings_now = format(
    'pipeline %s, grace %s min', reading.pipeline_id, reading.grace_minutes
);

create temporary table changed_cars on commit drop as
select distinct
    stg_cars.id,
    ods.lookup_key(stg_cars.plate) as plate_key
from stg.stg_cars
where
    stg_cars.id in (
        select landed.id
        from stg.stg_cars as landed
        inner join reading
            on
                landed.landed_seq > reading.cars_from
                and landed.landed_seq <= reading.cars_to
    );

create temporary table changed_clients on commit drop as
select distinct
    stg_clients.id,
    ods.lookup_key(stg_clients.license) as license_key
from stg.stg_clients
where
    stg_clients.id in (
        select landed.id
        from stg.stg_clients as landed
        inner join reading
            on
                landed.landed_seq > reading.clients_from
                and landed.landed_seq <= reading.clients_to
    );

create temporary table changed_leads on commit drop as
select stg_leads.id
from stg.stg_leads
inner join reading
    on
        stg_leads.landed_seq > reading.leads_from
        and stg_leads.landed_seq <= reading.leads_to
union
select ods_leads_hist.id
from ods.ods_leads_hist
inner join changed_cars
    on ods.lookup_key(ods_leads_hist.plate) = changed_cars.plate_key
where ods_leads_hist.is_current
union
select ods_leads_hist.id
from ods.ods_leads_hist
inner join changed_cars on ods_leads_hist.car_element_id = changed_cars.id
where ods_leads_hist.is_current
union
select ods_leads_hist.id
from ods.ods_leads_hist
inner join changed_clients
    on ods.lookup_key(ods_leads_hist.license) = changed_clients.license_key
where ods_leads_hist.is_current
union
select ods_leads_hist.id
from ods.ods_leads_hist
inner join changed_clients
    on ods_leads_hist.client_element_id = changed_clients.id
where ods_leads_hist.is_current
union
select fact_rentals.lead_id
from dds.fact_rentals
inner join dict.dict_status_leads
    on
        fact_rentals.pipeline_id = dict_status_leads.pipeline_id
        and fact_rentals.status_id = dict_status_leads.status_id
inner join reading on dict_status_leads.changed_seq > reading.statuses_from
union
select ods_leads_hist.id
from ods.ods_leads_hist
inner join reading
    on reading.settings_before is distinct from reading.settings_now
where ods_leads_hist.is_current
union
select fact_rentals.lead_id
from dds.fact_rentals
inner join reading
    on reading.settings_before is distinct from reading.settings_now;

analyze changed_leads;

create temporary table rental_leads on commit drop as
select
    ods_leads_hist.*,
    ods.lookup_key(ods_leads_hist.plate) as plate_key,
    ods.lookup_key(ods_leads_hist.license) as license_key
from ods.ods_leads_hist
inner join changed_leads on ods_leads_hist.id = changed_leads.id
inner join reading on ods_leads_hist.pipeline_id = reading.pipeline_id
where ods_leads_hist.is_current;

create index on rental_leads (id);
analyze rental_leads;

-- The moment when a lead was given the plate and the licence that it has now: versions
-- follow each other here even across a deletion.
create temporary table given_keys on commit drop as
with versions as (
    select
        ods_leads_hist.id,
        ods_leads_hist.valid_from,
        bool_and(
            ods.lookup_key(ods_leads_hist.plate)
            is not distinct from rental_leads.plate_key
        ) over back_in_time as has_present_plate,
        bool_and(
            ods.lookup_key(ods_leads_hist.license)
            is not distinct from rental_leads.license_key
        ) over back_in_time as has_present_license
    from ods.ods_leads_hist
    inner join rental_leads on ods_leads_hist.id = rental_leads.id
    window back_in_time as (
        partition by ods_leads_hist.id
        order by ods_leads_hist.valid_from desc
    )
)

select
    versions.id,
    min(versions.valid_from) filter (where versions.has_present_plate)
        as plate_given_at,
    min(versions.valid_from) filter (where versions.has_present_license)
        as license_given_at
from versions
group by versions.id;

create temporary table cars_by_plate on commit drop as
with bearers as (
    select
        rental_leads.id as lead_id,
        ods_cars_hist.id as car_id,
        bool_or(
            (
                ods_cars_hist.valid_from <= given_keys.plate_given_at
                and (
                    ods_cars_hist.valid_to > given_keys.plate_given_at
                    or ods_cars_hist.valid_to is null
                )
            )
            or (
                ods_cars_hist.created_at <= given_keys.plate_given_at
                and ods_cars_hist.valid_from > given_keys.plate_given_at
                and not exists (
                    select
                    from ods.ods_cars_hist as earlier_version
                    where
                        earlier_version.id = ods_cars_hist.id
                        and earlier_version.valid_from < ods_cars_hist.valid_from
                )
            )
        ) as bore_it_then
    from rental_leads
    inner join given_keys on rental_leads.id = given_keys.id
    inner join ods.ods_cars_hist
        on rental_leads.plate_key = ods.lookup_key(ods_cars_hist.plate)
    group by rental_leads.id, ods_cars_hist.id
)

select
    bearers.lead_id,
    case
        when count(*) filter (where bearers.bore_it_then) = 1
            then min(bearers.car_id) filter (where bearers.bore_it_then)
        when count(*) filter (where bearers.bore_it_then) = 0 and count(*) = 1
            then min(bearers.car_id)
        else 0
    end as car_id
from bearers
group by bearers.lead_id;

create temporary table clients_by_license on commit drop as
with bearers as (
    select
        rental_leads.id as lead_id,
        ods_clients_hist.id as client_id,
        bool_or(
            (
                ods_clients_hist.valid_from <= given_keys.license_given_at
                and (
                    ods_clients_hist.valid_to > given_keys.license_given_at
                    or ods_clients_hist.valid_to is null
                )
            )
            or (
                ods_clients_hist.created_at <= given_keys.license_given_at
                and ods_clients_hist.valid_from > given_keys.license_given_at
                and not exists (
                    select
                    from ods.ods_clients_hist as earlier_version
                    where
                        earlier_version.id = ods_clients_hist.id
                        and earlier_version.valid_from
                        < ods_clients_hist.valid_from
                )
            )
        ) as bore_it_then
    from rental_leads
    inner join given_keys on rental_leads.id = given_keys.id
    inner join ods.ods_clients_hist
        on rental_leads.license_key = ods.lookup_key(ods_clients_hist.license)
    group by rental_leads.id, ods_clients_hist.id
)

select
    bearers.lead_id,
    case
        when count(*) filter (where bearers.bore_it_then) = 1
            then min(bearers.client_id) filter (where bearers.bore_it_then)
        when count(*) filter (where bearers.bore_it_then) = 0 and count(*) = 1
            then min(bearers.client_id)
        else 0
    end as client_id
from bearers
group by bearers.lead_id;

create temporary table desired_rentals on commit drop as
with resolved as (
    select
        rental_leads.*,
        -- 0 as a link says that several different elements are linked.
        case
            when
                rental_leads.car_element_id = 0
                or exists (
                    select
                    from ods.ods_cars_hist
                    where ods_cars_hist.id = rental_leads.car_element_id
                )
                then rental_leads.car_element_id
            else coalesce(cars_by_plate.car_id, 0)
        end as car_id,
        case
            when
                rental_leads.client_element_id = 0
                or exists (
                    select
                    from ods.ods_clients_hist
                    where ods_clients_hist.id = rental_leads.client_element_id
                )
                then rental_leads.client_element_id
            else coalesce(clients_by_license.client_id, 0)
        end as client_id,
        coalesce(
            dict_status_leads.status_name,
            dict.unknown_status_name(rental_leads.status_id)
        ) as status_name,
        coalesce(
            dict_status_leads.stage,
            dict.unknown_status_stage(rental_leads.status_id)
        ) as stage,
        dict_status_leads.status_id is null as is_status_unknown,
        dds.rental_days(
            rental_leads.rental_start, rental_leads.rental_end,
            reading.business_tz, reading.grace_minutes
        ) as rental_days
    from rental_leads
    cross join reading
    left join cars_by_plate on rental_leads.id = cars_by_plate.lead_id
    left join clients_by_license
        on rental_leads.id = clients_by_license.lead_id
    left join dict.dict_status_leads
        on
            rental_leads.pipeline_id = dict_status_leads.pipeline_id
            and rental_leads.status_id = dict_status_leads.status_id
)

select
    resolved.*,
    case
        when resolved.budget > 0 then resolved.budget
        else resolved.dailyrate * resolved.rental_days
    end as amount,
    resolved.stage in ('confirmed', 'on_rent', 'returned', 'closed') as is_booking,
    resolved.stage = 'cancelled' as is_cancelled
from resolved;

create index on desired_rentals (id);
analyze desired_rentals;

-- What will change, with the car it leaves and the car it comes to.
create temporary table rental_changes on commit drop as
select
    changed_leads.id as lead_id,
    fact_rentals.car_id as car_id_before,
    desired_rentals.car_id as car_id_now,
    fact_rentals.lead_id is null as is_new,
    desired_rentals.id is null as is_gone
from changed_leads
left join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
left join desired_rentals on changed_leads.id = desired_rentals.id
where
    row(
        fact_rentals.lead_id,
        fact_rentals.car_id, fact_rentals.client_id, fact_rentals.pipeline_id,
        fact_rentals.status_id, fact_rentals.status_name, fact_rentals.stage,
        fact_rentals.rental_days, fact_rentals.dailyrate, fact_rentals.budget,
        fact_rentals.amount, fact_rentals.is_booking, fact_rentals.is_cancelled,
        fact_rentals.rental_start, fact_rentals.rental_end,
        fact_rentals.closed_at, fact_rentals.created_at, fact_rentals.updated_at
    ) is distinct from row(
        desired_rentals.id,
        desired_rentals.car_id, desired_rentals.client_id,
        desired_rentals.pipeline_id, desired_rentals.status_id,
        desired_rentals.status_name, desired_rentals.stage,
        desired_rentals.rental_days, desired_rentals.dailyrate,
        desired_rentals.budget, desired_rentals.amount,
        desired_rentals.is_booking, desired_rentals.is_cancelled,
        desired_rentals.rental_start, desired_rentals.rental_end,
        desired_rentals.closed_at, desired_rentals.created_at,
        desired_rentals.updated_at
    );

insert into dds.fact_fleet_usage_day_pending (car_id)
select rental_changes.car_id_before
from rental_changes
where rental_changes.car_id_before <> 0
union
select rental_changes.car_id_now
from rental_changes
where rental_changes.car_id_now <> 0
order by 1
on conflict (car_id) do nothing;

delete from dds.fact_rentals
using rental_changes
where
    fact_rentals.lead_id = rental_changes.lead_id
    and rental_changes.is_gone;

insert into dds.fact_rentals (
    lead_id, load_date,
    car_id, client_id, pipeline_id, status_id, status_name, stage, rental_days,
    dailyrate, budget, amount, is_booking, is_cancelled, rental_start,
    rental_end, closed_at, created_at, updated_at
)
select
    desired_rentals.id as lead_id,
    current_setting('rental.logical_date')::date as load_date,
    desired_rentals.car_id,
    desired_rentals.client_id,
    desired_rentals.pipeline_id,
    desired_rentals.status_id,
    desired_rentals.status_name,
    desired_rentals.stage,
    desired_rentals.rental_days,
    desired_rentals.dailyrate,
    desired_rentals.budget,
    desired_rentals.amount,
    desired_rentals.is_booking,
    desired_rentals.is_cancelled,
    desired_rentals.rental_start,
    desired_rentals.rental_end,
    desired_rentals.closed_at,
    desired_rentals.created_at,
    desired_rentals.updated_at
from desired_rentals
inner join rental_changes on desired_rentals.id = rental_changes.lead_id
on conflict (lead_id) do update
set
    load_date = excluded.load_date,
    (
        car_id, client_id, pipeline_id, status_id, status_name, stage,
        rental_days, dailyrate, budget, amount, is_booking, is_cancelled,
        rental_start, rental_end, closed_at, created_at, updated_at
    ) = row(
        excluded.car_id, excluded.client_id, excluded.pipeline_id,
        excluded.status_id, excluded.status_name, excluded.stage,
        excluded.rental_days, excluded.dailyrate, excluded.budget,
        excluded.amount, excluded.is_booking, excluded.is_cancelled,
        excluded.rental_start, excluded.rental_end, excluded.closed_at,
        excluded.created_at, excluded.updated_at
    );

with positions as (
    select
        progress.name,
        progress.position,
        progress.settings
    from reading
    cross join
        lateral (
            values
            ('dds.fact_rentals', reading.leads_to, reading.settings_now),
            ('dds.fact_rentals/cars', reading.cars_to, null),
            ('dds.fact_rentals/clients', reading.clients_to, null),
            ('dds.fact_rentals/statuses', reading.statuses_to, null)
        ) as progress (name, position, settings)
)

update ops.watermark
set
    position = positions.position,
    settings = positions.settings,
    changed_at = clock_timestamp()
from positions
where
    watermark.name = positions.name
    and row(watermark.position, watermark.settings)
    is distinct from row(positions.position, positions.settings);

select
    (select count(*) from changed_leads) as rows_read,
    count(*) as rows_written,
    count(*) filter (where rental_changes.is_new) as rentals_inserted,
    count(*) filter (
        where not rental_changes.is_new and not rental_changes.is_gone
    ) as rentals_updated,
    count(*) filter (where rental_changes.is_gone) as rentals_deleted,
    (select count(*) from desired_rentals where desired_rentals.car_id = 0)
        as unknown_cars,
    (select count(*) from desired_rentals where desired_rentals.client_id = 0)
        as unknown_clients,
    (
        select count(*)
        from desired_rentals
        where
            desired_rentals.car_id = 0
            and (
                desired_rentals.car_element_id is not null
                or desired_rentals.plate_key is not null
            )
    ) as warning_cars_not_found,
    (
        select count(*)
        from desired_rentals
        where
            desired_rentals.client_id = 0
            and (
                desired_rentals.client_element_id is not null
                or desired_rentals.license_key is not null
            )
    ) as warning_clients_not_found,
    (select count(*) from desired_rentals where desired_rentals.is_status_unknown)
        as warning_statuses_unknown
from rental_changes;
