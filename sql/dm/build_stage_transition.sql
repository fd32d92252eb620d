-- What:  brings the transitions up to the visits: counts, and exact percentiles of lengths
-- Grain: one row per pair of stages; one per stage with visits still open (to_stage null)
-- Reads: dm.stage_visit_count, dm.stage_dwell_count, dm.lead_visit, ops.watermark
--
-- The two neighbours of a percentile are found by the counts before their bucket and an
-- ordered look inside it, so that no pair has all its visits sorted.

select ops.lock_watermarks('dm.lead_state/leads');

create temporary table desired_transitions (
    like dm.stage_transition
) on commit drop;

insert into desired_transitions
with buckets as (
    select
        stage_dwell_count.from_stage,
        stage_dwell_count.to_stage,
        stage_dwell_count.dwell_from,
        sum(stage_dwell_count.visits) over by_length - stage_dwell_count.visits
            as visits_before,
        sum(stage_dwell_count.visits) over by_length as visits_through,
        sum(stage_dwell_count.visits) over (
            partition by stage_dwell_count.from_stage, stage_dwell_count.to_stage
        ) as all_visits
    from dm.stage_dwell_count
    window by_length as (
        partition by stage_dwell_count.from_stage, stage_dwell_count.to_stage
        order by stage_dwell_count.dwell_from
    )
),

neighbours as (
    select
        places.percentile,
        buckets.from_stage,
        buckets.to_stage,
        places.place - trunc(places.place) as fraction,
        dwells.shorter,
        dwells.longer
    from buckets
    cross join lateral (
        values
        (0.5, 0.5 * (buckets.all_visits - 1)),
        (0.9, 0.9 * (buckets.all_visits - 1))
    ) as places (percentile, place)
    cross join lateral (
        select
            min(visits.dwell_seconds) as shorter,
            max(visits.dwell_seconds) as longer
        from (
            select lead_visit.dwell_seconds
            from dm.lead_visit
            where
                lead_visit.from_stage = buckets.from_stage
                and lead_visit.to_stage = buckets.to_stage
                and lead_visit.is_timed
                and lead_visit.dwell_seconds >= buckets.dwell_from
            order by lead_visit.dwell_seconds
            offset (trunc(places.place) - buckets.visits_before)::bigint
            limit 2
        ) as visits
    ) as dwells
    where
        trunc(places.place) >= buckets.visits_before
        and trunc(places.place) < buckets.visits_through
),

percentiles as (
    select
        neighbours.from_stage,
        neighbours.to_stage,
        neighbours.percentile,
        trim_scale(
            neighbours.shorter
            + neighbours.fraction * (neighbours.longer - neighbours.shorter)
        ) as dwell_seconds
    from neighbours
)

select
    stage_visit_count.from_stage::text as from_stage,
    stage_visit_count.to_stage::text as to_stage,
    stage_visit_count.moves,
    medians.dwell_seconds as median_dwell_seconds,
    p90s.dwell_seconds as p90_dwell_seconds,
    stage_visit_count.open_visits,
    stage_visit_count.event_moves / nullif(stage_visit_count.moves, 0)::numeric
        as share_exact
from dm.stage_visit_count
left join percentiles as medians
    on
        stage_visit_count.from_stage = medians.from_stage
        and stage_visit_count.to_stage = medians.to_stage
        and medians.percentile = 0.5
left join percentiles as p90s
    on
        stage_visit_count.from_stage = p90s.from_stage
        and stage_visit_count.to_stage = p90s.to_stage
        and p90s.percentile = 0.9;

create temporary table transition_changes on commit drop as
select
    coalesce(desired_transitions.from_stage, stage_transition.from_stage) as from_stage,
    coalesce(desired_transitions.to_stage, stage_transition.to_stage) as to_stage
from desired_transitions
full join dm.stage_transition
    on
        desired_transitions.from_stage = stage_transition.from_stage
        and coalesce(desired_transitions.to_stage, '')
        = coalesce(stage_transition.to_stage, '')
where row(desired_transitions.*) is distinct from row(stage_transition.*);

delete from dm.stage_transition
using transition_changes
where
    stage_transition.from_stage = transition_changes.from_stage
    and stage_transition.to_stage is not distinct from transition_changes.to_stage;

insert into dm.stage_transition
select desired_transitions.*
from desired_transitions
inner join transition_changes
    on
        desired_transitions.from_stage = transition_changes.from_stage
        and desired_transitions.to_stage is not distinct from transition_changes.to_stage;

select count(*) as rows_written
from transition_changes;
