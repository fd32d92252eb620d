-- What:  puts the rows of the leads that changed and do not simply go on in their order, each
--        beside the one before
-- Grain: seen_rows: a row of stg, with its place among those of the lead; of a plain lead
--        only its first one and those that show another status than the one before; in a first
--        build none of a plain lead that shows one status, of which there is no more to tell
--        than first_statuses.sql does
-- Reads: stg.stg_leads, changed_leads, known_events and reading (of evidence.sql), next_sights
--        (of next_sights.sql)
-- If:    leads_derived (of next_sights.sql)
--
-- A lead is plain that was never seen deleted or without a status, and of which no event
-- tells anything, as of all that an import brings: what follows from a row of it is known by
-- the one before.
--
-- All windows have one order, so that the rows are sorted once.

-- Not where they are filled: on most days no lead is derived anew, and nobody looks them up.
create index on known_events (lead_id, type, created_at);
analyze next_sights (lead_id);

create temporary table seen_rows on commit drop as
with told_leads as (
    select distinct known_events.lead_id
    from known_events
),

-- Of a first build all rows, read past the leads that have several, which are fewer.
copies as (
    select
        stg_leads.*,
        several.id is null as is_alone
    from stg.stg_leads
    left join (
        select changed_leads.id
        from changed_leads
        where not changed_leads.is_alone
    ) as several on stg_leads.id = several.id
    where (select reading.is_first from reading)
    union all
    select
        stg_leads.*,
        false as is_alone
    from changed_leads
    inner join stg.stg_leads on changed_leads.id = stg_leads.id
    left join next_sights on changed_leads.id = next_sights.lead_id
    where
        not (select reading.is_first from reading)
        and next_sights.lead_id is null
),

-- Read once for all that follows.
sights as materialized (
    select
        copies.id as lead_id,
        copies.is_alone,
        copies.is_deleted,
        copies.pipeline_id,
        copies.status_id,
        copies.created_at,
        copies.updated_at,
        copies.observed_at,
        -- For the order among several.
        case when not copies.is_alone then copies.row_hash collate "C" end as row_hash,
        copies.is_deleted or copies.pipeline_id is null
        or copies.status_id is null or told_leads.lead_id is not null as is_walked
    from copies
    left join told_leads on copies.id = told_leads.lead_id
    -- By a difference, so that rows are found by their leads: nearly all have landed before.
    where
        copies.landed_seq - (select reading.read_to from reading) <= 0
        and (
            not copies.is_alone or copies.is_deleted or copies.pipeline_id is null
            or copies.status_id is null or told_leads.lead_id is not null
        )
),

-- In a first build most leads show one status in all of their rows, and have no change.
settled_leads as (
    select sights.lead_id
    from sights
    where
        (select reading.is_first from reading)
        and not sights.is_alone
    group by sights.lead_id
    having
        not bool_or(sights.is_walked)
        and min(sights.pipeline_id) = max(sights.pipeline_id)
        and min(sights.status_id) = max(sights.status_id)
),

neighbours as (
    select
        sights.*,
        row_number() over in_order as place,
        lag(sights.is_deleted) over in_order as was_deleted,
        lag(sights.pipeline_id) over in_order as known_pipeline_id,
        lag(sights.status_id) over in_order as known_status_id,
        lag(sights.observed_at) over in_order as known_before_at,
        first_value(coalesce(sights.created_at, sights.observed_at)) over in_order
            as first_created_at
    from sights
    left join settled_leads on sights.lead_id = settled_leads.lead_id
    where
        not sights.is_alone
        and settled_leads.lead_id is null
    window in_order as (
        partition by sights.lead_id
        order by
            sights.observed_at, sights.updated_at, sights.is_deleted, sights.row_hash
    )
),

openings as (
    -- A row opens by the same rule as its version in the history does.
    select
        neighbours.*,
        ods.opening(
            neighbours.observed_at,
            neighbours.updated_at,
            neighbours.created_at,
            case
                when neighbours.was_deleted and not neighbours.is_deleted
                    then (
                        select max(known_events.created_at)
                        from known_events
                        where
                            known_events.lead_id = neighbours.lead_id
                            and known_events.type = 'lead_restored'
                            and known_events.created_at <= neighbours.observed_at
                    )
            end
        ) over (
            partition by neighbours.lead_id
            order by
                neighbours.observed_at, neighbours.updated_at, neighbours.is_deleted,
                neighbours.row_hash
            rows unbounded preceding
        ) as opens_at
    from neighbours
),

lives as (
    select
        openings.*,
        not bool_or(openings.is_walked) over (partition by openings.lead_id) as is_plain
    from openings
)

select
    lives.lead_id,
    lives.is_deleted,
    lives.is_plain,
    lives.pipeline_id,
    lives.status_id,
    lives.known_pipeline_id,
    lives.known_status_id,
    lives.created_at,
    lives.first_created_at,
    lives.known_before_at,
    lives.observed_at,
    lives.opens_at,
    lives.place
from lives
where
    not lives.is_plain
    or lives.place = 1
    or (lives.known_pipeline_id, lives.known_status_id)
    <> (lives.pipeline_id, lives.status_id)
union all
-- The one row of a lead has no neighbours.
select
    sights.lead_id,
    sights.is_deleted,
    false as is_plain,
    sights.pipeline_id,
    sights.status_id,
    null as known_pipeline_id,
    null as known_status_id,
    sights.created_at,
    coalesce(sights.created_at, sights.observed_at) as first_created_at,
    null as known_before_at,
    sights.observed_at,
    least(sights.observed_at, greatest(sights.updated_at, sights.created_at))
        as opens_at,
    1 as place
from sights
where sights.is_alone;

analyze seen_rows (lead_id, is_plain, place);

select count(*) filter (where not seen_rows.is_plain) as rows_walked
from seen_rows;
