-- What:  finds what landed of each source since the last build, with what is known of its records
-- Grain: reading: a source; changed_records: a record that landed; sights: a row of stg of such
--        a record
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars, stg.stg_lead_events, dm.source_change,
--        ops.watermark (its locks)

select ops.lock_watermarks(
    'stg.stg_leads', 'stg.stg_clients', 'stg.stg_cars', 'stg.stg_lead_events'
);

create temporary table reading on commit drop as
select
    source_change.source,
    source_change.position as read_from,
    greatest(
        source_change.position,
        case source_change.source
            when 'leads' then (select max(stg_leads.landed_seq) from stg.stg_leads)
            when 'clients'
                then (select max(stg_clients.landed_seq) from stg.stg_clients)
            when 'cars' then (select max(stg_cars.landed_seq) from stg.stg_cars)
            else (select max(stg_lead_events.landed_seq) from stg.stg_lead_events)
        end
    ) as read_to
from dm.source_change;

create temporary table changed_records on commit drop as
select
    'leads' as source,
    stg_leads.id
from stg.stg_leads
where
    stg_leads.landed_seq > (
        select reading.read_from
        from reading
        where reading.source = 'leads'
    )
union
select
    'clients' as source,
    stg_clients.id
from stg.stg_clients
where
    stg_clients.landed_seq > (
        select reading.read_from
        from reading
        where reading.source = 'clients'
    )
union
select
    'cars' as source,
    stg_cars.id
from stg.stg_cars
where
    stg_cars.landed_seq > (
        select reading.read_from
        from reading
        where reading.source = 'cars'
    );

analyze changed_records;

create temporary table sights on commit drop as
select
    changed_records.source,
    changed_records.id,
    stg_leads.is_deleted,
    stg_leads.row_hash,
    stg_leads.created_at,
    stg_leads.updated_at,
    stg_leads.observed_at
from changed_records
inner join stg.stg_leads on changed_records.id = stg_leads.id
where changed_records.source = 'leads'
union all
select
    changed_records.source,
    changed_records.id,
    stg_clients.is_deleted,
    stg_clients.row_hash,
    stg_clients.created_at,
    stg_clients.updated_at,
    stg_clients.observed_at
from changed_records
inner join stg.stg_clients on changed_records.id = stg_clients.id
where changed_records.source = 'clients'
union all
select
    changed_records.source,
    changed_records.id,
    stg_cars.is_deleted,
    stg_cars.row_hash,
    stg_cars.created_at,
    stg_cars.updated_at,
    stg_cars.observed_at
from changed_records
inner join stg.stg_cars on changed_records.id = stg_cars.id
where changed_records.source = 'cars';

select count(*) as rows_read
from changed_records;
