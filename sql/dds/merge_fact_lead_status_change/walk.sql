-- What:  puts the evidence of each lead in the order of the walk
-- Grain: walk: one row per event, sight or marker of deletion of a changed lead that is not plain
-- Reads: known_events (of evidence.sql), seen_rows (of sights.sql)
-- If:    leads_derived (of next_sights.sql)
--
-- Within one second the order is the one that chains, never that of ids or of landing.
-- A plain lead has its order already.

create temporary table walk on commit drop as
with items as (
    select
        seen_rows.lead_id,
        case when seen_rows.is_deleted then 'marker' else 'sight' end as kind,
        seen_rows.place as row_place,
        null::bigint as from_pipeline_id,
        null::bigint as from_status_id,
        -- What a marker carries besides is never data.
        case when not seen_rows.is_deleted then seen_rows.pipeline_id end as to_pipeline_id,
        case when not seen_rows.is_deleted then seen_rows.status_id end as to_status_id,
        seen_rows.observed_at as known_at,
        seen_rows.opens_at
    from seen_rows
    where
        not seen_rows.is_plain
        and (
            seen_rows.is_deleted
            or (seen_rows.pipeline_id is not null and seen_rows.status_id is not null)
        )
    union all
    select
        known_events.lead_id,
        'event' as kind,
        null as row_place,
        known_events.from_pipeline_id,
        known_events.from_status_id,
        known_events.to_pipeline_id,
        known_events.to_status_id,
        known_events.created_at as known_at,
        known_events.created_at as opens_at
    from known_events
    where
        known_events.type = 'lead_status_changed'
        and (known_events.from_pipeline_id, known_events.from_status_id)
        <> (known_events.to_pipeline_id, known_events.to_status_id)
        -- Of a lead that has not landed nothing is known.
        and known_events.lead_id in (select seen_rows.lead_id from seen_rows)
)

select
    items.*,
    date_trunc('second', items.known_at) as second,
    row_number() over (
        partition by items.lead_id
        order by
            date_trunc('second', items.known_at), items.row_place,
            items.from_pipeline_id, items.from_status_id, items.to_pipeline_id,
            items.to_status_id
    ) as place
from items;

analyze walk (lead_id);

-- Where an event shares its second with anything, the order is the one that chains.
with open_leads as (
    select distinct seconds.lead_id
    from (
        select walk.lead_id
        from walk
        group by walk.lead_id, walk.second
        having count(*) > 1 and bool_or(walk.kind = 'event')
    ) as seconds
),

seconds as (
    select
        walk.lead_id,
        walk.second,
        array_agg(
            row(
                walk.place, walk.kind, walk.from_pipeline_id, walk.from_status_id,
                walk.to_pipeline_id, walk.to_status_id
            )::dds.evidence
            order by walk.place
        ) as items
    from walk
    inner join open_leads on walk.lead_id = open_leads.lead_id
    group by walk.lead_id, walk.second
),

chained as (
    select
        seconds.lead_id,
        seconds.second,
        dds.chained(seconds.items) over (
            partition by seconds.lead_id
            order by seconds.second
        ) as items
    from seconds
),

places as (
    select
        chained.lead_id,
        ordered.item,
        row_number() over (
            partition by chained.lead_id
            order by chained.second, ordered.place
        ) as place
    from chained
    cross join lateral unnest(chained.items) with ordinality as ordered (
        item, kind, from_pipeline_id, from_status_id, to_pipeline_id,
        to_status_id, place
    )
)

update walk
set place = places.place
from places
where
    walk.lead_id = places.lead_id
    and walk.place = places.item
    and walk.place <> places.place;

select count(*) filter (where walk.kind = 'event') as events_read
from walk;
