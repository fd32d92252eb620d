-- What:  finds the leads whose rental may have changed, and how far each source is read
-- Grain: changed_leads: one row per lead; progress: one row per source; reading: one row
-- Reads: stg.stg_leads, stg.stg_cars, stg.stg_clients, dict.dict_status_leads (what changed),
--        ods.ods_leads_hist, dds.fact_rentals, ops.watermark
--
-- That are the leads that changed, those that point at a changed car or client (by
-- link, plate or licence) and those in a changed status; all of them when the rental
-- pipeline or the grace time was set otherwise.

select ops.lock_watermarks(
    'ods.ods_leads_hist', 'ods.ods_cars_hist', 'ods.ods_clients_hist',
    'dict.dict_status_leads', 'dds.fact_rentals', 'dds.fact_rentals/cars',
    'dds.fact_rentals/clients', 'dds.fact_rentals/statuses'
);

create temporary table reading on commit drop as
with pipeline as (
    -- Before the very first load (a dry run can come earlier) there is nothing to find it for.
    select
        case
            when
                exists (select from ods.ods_leads_hist)
                or exists (select from dict.dict_status_leads)
                then dict.rental_pipeline_id(current_setting('rental.pipeline'))
        end as pipeline_id
)

select
    pipeline.pipeline_id,
    watermark.settings as settings_before,
    format(
        'pipeline %s, grace %s min',
        pipeline.pipeline_id, current_setting('rental.grace_minutes')
    ) as settings_now
from pipeline
cross join ops.watermark
where watermark.name = 'dds.fact_rentals';

create temporary table progress on commit drop as
select
    done.name,
    done.position as read_from,
    ready.position as read_to
from (
    values
    ('dds.fact_rentals', 'ods.ods_leads_hist'),
    ('dds.fact_rentals/cars', 'ods.ods_cars_hist'),
    ('dds.fact_rentals/clients', 'ods.ods_clients_hist')
) as sources (name, upstream)
inner join ops.watermark as done on sources.name = done.name
inner join ops.watermark as ready on sources.upstream = ready.name
union all
select
    done.name,
    done.position as read_from,
    (
        select coalesce(max(dict_status_leads.changed_seq), 0)
        from dict.dict_status_leads
    ) as read_to
from ops.watermark as done
where done.name = 'dds.fact_rentals/statuses';

create temporary table changed_members on commit drop as
select
    'car' as kind,
    stg_cars.id,
    ods.lookup_key(stg_cars.plate) as key
from stg.stg_cars
where
    stg_cars.id in (
        select landed.id
        from stg.stg_cars as landed
        inner join progress
            on
                progress.name = 'dds.fact_rentals/cars'
                and landed.landed_seq > progress.read_from
                and landed.landed_seq <= progress.read_to
    )
union
select
    'client' as kind,
    stg_clients.id,
    ods.lookup_key(stg_clients.license) as key
from stg.stg_clients
where
    stg_clients.id in (
        select landed.id
        from stg.stg_clients as landed
        inner join progress
            on
                progress.name = 'dds.fact_rentals/clients'
                and landed.landed_seq > progress.read_from
                and landed.landed_seq <= progress.read_to
    );

analyze changed_members;

create temporary table changed_leads on commit drop as
with pointing_leads as (
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist on changed_members.id = ods_leads_hist.car_element_id
    where changed_members.kind = 'car' and ods_leads_hist.is_current
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.id = ods_leads_hist.client_element_id
    where changed_members.kind = 'client' and ods_leads_hist.is_current
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.key = ods.lookup_key(ods_leads_hist.plate)
    where changed_members.kind = 'car' and ods_leads_hist.is_current
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.key = ods.lookup_key(ods_leads_hist.license)
    where changed_members.kind = 'client' and ods_leads_hist.is_current
)

select stg_leads.id
from stg.stg_leads
inner join progress
    on
        progress.name = 'dds.fact_rentals'
        and stg_leads.landed_seq > progress.read_from
        and stg_leads.landed_seq <= progress.read_to
union
select pointing_leads.id
from pointing_leads
union
select fact_rentals.lead_id
from dds.fact_rentals
inner join dict.dict_status_leads
    on
        fact_rentals.pipeline_id = dict_status_leads.pipeline_id
        and fact_rentals.status_id = dict_status_leads.status_id
inner join progress
    on
        progress.name = 'dds.fact_rentals/statuses'
        and dict_status_leads.changed_seq > progress.read_from
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

select count(*) as rows_read
from changed_leads;
