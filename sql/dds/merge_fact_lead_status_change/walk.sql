-- What:  puts the evidence of each lead in the order of the walk
-- Grain: walk: one row per event, sight or marker of deletion of a changed lead
-- Reads: known_events and seen_rows (of evidence.sql)

create temporary table evidence on commit drop as
with items as (
    select
        seen_rows.lead_id,
        case when seen_rows.is_deleted then 'marker' else 'sight' end as kind,
        seen_rows.place as row_place,
        null::bigint as from_pipeline_id,
        null::bigint as from_status_id,
        seen_rows.pipeline_id as to_pipeline_id,
        seen_rows.status_id as to_status_id,
        seen_rows.observed_at as known_at,
        seen_rows.opens_at
    from seen_rows
    where
        seen_rows.is_deleted
        or (seen_rows.pipeline_id is not null and seen_rows.status_id is not null)
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
    ) as item
from items;

create index on evidence (lead_id, item);
analyze evidence;

create temporary table walk on commit drop as
with seconds as (
    select
        evidence.lead_id,
        evidence.second,
        count(*) > 1 and bool_or(evidence.kind = 'event') as is_open,
        array_agg(
            row(
                evidence.item, evidence.kind, evidence.from_pipeline_id,
                evidence.from_status_id, evidence.to_pipeline_id,
                evidence.to_status_id
            )::dds.evidence
            order by evidence.item
        ) as items
    from evidence
    group by evidence.lead_id, evidence.second
),

open_leads as (
    select seconds.lead_id
    from seconds
    group by seconds.lead_id
    having bool_or(seconds.is_open)
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
    inner join open_leads on seconds.lead_id = open_leads.lead_id
),

places as (
    select
        chained.lead_id,
        ordered.item,
        ordered.place
    from chained
    cross join lateral unnest(chained.items) with ordinality as ordered (
        item, kind, from_pipeline_id, from_status_id, to_pipeline_id,
        to_status_id, place
    )
)

select
    evidence.*,
    row_number() over (
        partition by evidence.lead_id
        order by evidence.second, coalesce(places.place, evidence.item)
    ) as place
from evidence
left join places
    on evidence.lead_id = places.lead_id and evidence.item = places.item;

analyze walk (lead_id);

select count(*) filter (where walk.kind = 'event') as events_read
from walk;
