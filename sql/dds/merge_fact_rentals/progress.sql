-- What:  finds how far each source is read, and the cars, clients and statuses that changed
-- Grain: progress: one row per source; reading: one row; changed_members, changed_statuses
-- Reads: stg.stg_cars, stg.stg_clients, dict.dict_status_leads (what changed), ops.watermark,
--        ods.ods_leads_hist and dds.fact_rentals (whether there is any)

select ops.lock_watermarks(
    'dds.fact_lead_status_change', 'dds.fact_lead_status_change/events',
    'ods.ods_cars_hist', 'ods.ods_clients_hist', 'dict.dict_status_leads',
    'dds.fact_rentals', 'dds.fact_rentals/events', 'dds.fact_rentals/cars',
    'dds.fact_rentals/clients', 'dds.fact_rentals/statuses',
    -- Whether it was built must stay so until its pending days are told.
    'dds.fact_fleet_usage_day'
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
    settings.now as settings_now,
    settings.now is not distinct from watermark.settings as is_as_before,
    -- Nothing is there that rentals must be compared with, and no days to be told of them.
    settings.now is distinct from watermark.settings
    and fleet_usage.settings is null
    and fleet_usage.cursor_day is null
    and not exists (select from dds.fact_rentals) as is_first,
    fleet_usage.settings is not null
    or fleet_usage.cursor_day is not null as is_fleet_usage_built,
    current_setting('rental.logical_date')::date as logical_date,
    current_setting('rental.business_tz') as business_tz,
    current_setting('rental.grace_minutes')::integer as grace_minutes
from pipeline
cross join lateral format(
    'pipeline %s, grace %s min',
    pipeline.pipeline_id, current_setting('rental.grace_minutes')
) as settings (now)
cross join ops.watermark
cross join ops.watermark as fleet_usage
where
    watermark.name = 'dds.fact_rentals'
    and fleet_usage.name = 'dds.fact_fleet_usage_day';

-- Of a temporary table a rough idea is enough, for which a tenth of the usual rows is read.
select set_config('default_statistics_target', '10', true) as statistics_target;

-- Taking everything in, each sort and each hash table of a few megabytes would go through files.
select
    case
        when
            not reading.is_as_before
            and pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')
            then set_config('work_mem', '64MB', true)
    end as work_mem
from reading;

-- Texts of a known length need no table for long ones, which would be made and dropped beside it.
create temporary table progress on commit drop as
select
    done.name::varchar(63) as name,
    done.position as read_from,
    ready.position as read_to
from (
    values
    -- When a lead was confirmed is known once its changes of status are.
    ('dds.fact_rentals', 'dds.fact_lead_status_change'),
    ('dds.fact_rentals/events', 'dds.fact_lead_status_change/events'),
    ('dds.fact_rentals/cars', 'ods.ods_cars_hist'),
    ('dds.fact_rentals/clients', 'ods.ods_clients_hist')
) as sources (name, upstream)
inner join ops.watermark as done on sources.name = done.name
inner join ops.watermark as ready on sources.upstream = ready.name
union all
select
    done.name::varchar(63) as name,
    done.position as read_from,
    (
        select coalesce(max(dict_status_leads.changed_seq), 0)
        from dict.dict_status_leads
    ) as read_to
from ops.watermark as done
where done.name = 'dds.fact_rentals/statuses';

analyze reading;
analyze progress;

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

create temporary table changed_statuses on commit drop as
select
    dict_status_leads.pipeline_id,
    dict_status_leads.status_id
from dict.dict_status_leads
inner join progress
    on
        progress.name = 'dds.fact_rentals/statuses'
        and dict_status_leads.changed_seq > progress.read_from;

analyze changed_statuses;

select
    (select count(*) from changed_members) as members_changed,
    (select count(*) from changed_statuses) as statuses_changed;
