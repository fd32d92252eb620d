-- What:  finds the newest change of each source, by what landed since the last build
-- Grain: one row per source
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars, stg.stg_lead_events, ops.watermark (its
--        locks)

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

create temporary table newest_changes on commit drop as
with followed as (
    select
        sights.*,
        lag(sights.is_deleted) over in_order as was_deleted
    from sights
    window in_order as (
        partition by sights.source, sights.id
        order by
            sights.observed_at, sights.updated_at, sights.is_deleted,
            sights.row_hash collate "C"
    )
),

openings as (
    select
        followed.source,
        ods.opening(
            followed.observed_at, followed.updated_at, followed.created_at,
            case
                when
                    followed.source = 'leads'
                    and followed.was_deleted
                    and not followed.is_deleted
                    then (
                        select max(stg_lead_events.created_at)
                        from stg.stg_lead_events
                        where
                            stg_lead_events.lead_id = followed.id
                            and stg_lead_events.type = 'lead_restored'
                            and stg_lead_events.created_at <= followed.observed_at
                    )
            end
        ) over (
            partition by followed.source, followed.id
            order by
                followed.observed_at, followed.updated_at, followed.is_deleted,
                followed.row_hash collate "C"
            rows unbounded preceding
        ) as opens_at
    from followed
)

select
    openings.source,
    max(openings.opens_at) as newest_change
from openings
group by openings.source
union all
select
    'lead_events' as source,
    max(stg_lead_events.created_at) as newest_change
from stg.stg_lead_events
where
    stg_lead_events.landed_seq > (
        select reading.read_from
        from reading
        where reading.source = 'lead_events'
    );

update dm.source_change
set
    position = reading.read_to,
    newest_change = greatest(source_change.newest_change, newest_changes.newest_change)
from reading
left join newest_changes on reading.source = newest_changes.source
where
    source_change.source = reading.source
    and source_change.position < reading.read_to;

select count(*) as rows_read
from changed_records;
