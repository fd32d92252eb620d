-- What:  finds the newest change of each source, by what landed since the last build
-- Grain: dm.source_change: one row per source
-- Reads: reading and sights (of sights.sql), stg.stg_lead_events

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

select count(*) as sources_changed
from newest_changes
where newest_changes.newest_change is not null;
