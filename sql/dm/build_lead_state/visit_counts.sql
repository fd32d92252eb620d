-- What:  brings the counts of moves and visits up to the visits that changed, and the visits too
-- Grain: the counts by week and stage, by pair of stages, and by length of a visit
-- Reads: visit_changes, changed_visitors and lead_changes (of visits.sql), dm.lead_visit

with sides as (
    select
        lead_changes.lead_id,
        lead_changes.to_stage,
        lead_changes.change_ts,
        1 as side
    from lead_changes
    inner join changed_visitors on lead_changes.lead_id = changed_visitors.lead_id
    where
        lead_changes.is_past
        and lead_changes.to_stage <> 'outside'
        and lead_changes.from_stage <> lead_changes.to_stage
    union all
    select
        lead_visit.lead_id,
        lead_visit.to_stage,
        lead_visit.change_ts,
        -1 as side
    from dm.lead_visit
    inner join changed_visitors on lead_visit.lead_id = changed_visitors.lead_id
    where
        lead_visit.to_stage <> 'outside'
        and lead_visit.from_stage <> lead_visit.to_stage
),

lead_weeks as (
    select
        sides.lead_id,
        sides.to_stage,
        sides.side,
        date_trunc(
            'week', sides.change_ts at time zone current_setting('rental.business_tz')
        )::date as week_start,
        count(*) as moves
    from sides
    group by sides.lead_id, sides.to_stage, sides.side, week_start
)

insert into dm.stage_move_count as counted (week_start, stage, moves, unique_leads)
select
    lead_weeks.week_start,
    lead_weeks.to_stage as stage,
    sum(lead_weeks.side * lead_weeks.moves) as moves,
    sum(lead_weeks.side) as unique_leads
from lead_weeks
group by lead_weeks.week_start, lead_weeks.to_stage
having
    sum(lead_weeks.side * lead_weeks.moves) <> 0
    or sum(lead_weeks.side) <> 0
on conflict (week_start, stage) do update
set
    moves = counted.moves + excluded.moves,
    unique_leads = counted.unique_leads + excluded.unique_leads;

delete from dm.stage_move_count
where stage_move_count.moves = 0;

insert into dm.stage_visit_count as counted (
    from_stage, to_stage, moves, event_moves, open_visits
)
select
    visit_changes.from_stage,
    visit_changes.to_stage,
    sum(visit_changes.visits) as moves,
    coalesce(sum(visit_changes.visits) filter (where visit_changes.is_event), 0)
        as event_moves,
    0 as open_visits
from visit_changes
group by visit_changes.from_stage, visit_changes.to_stage
on conflict (from_stage, to_stage) do update
set
    moves = counted.moves + excluded.moves,
    event_moves = counted.event_moves + excluded.event_moves
where excluded.moves <> 0 or excluded.event_moves <> 0;

insert into dm.stage_dwell_count as counted (from_stage, to_stage, dwell_from, visits)
select
    visit_changes.from_stage,
    visit_changes.to_stage,
    dm.dwell_bucket(visit_changes.dwell_seconds) as dwell_from,
    sum(visit_changes.visits) as visits
from visit_changes
where visit_changes.is_timed
group by visit_changes.from_stage, visit_changes.to_stage, dwell_from
having sum(visit_changes.visits) <> 0
on conflict (from_stage, to_stage, dwell_from) do update
set visits = counted.visits + excluded.visits;

delete from dm.stage_dwell_count
where stage_dwell_count.visits = 0;

with surplus_visits as (
    select
        lead_visit.ctid as place,
        visit_changes.visits,
        row_number() over (
            partition by
                lead_visit.lead_id, lead_visit.dwell_seconds, lead_visit.from_stage,
                lead_visit.to_stage, lead_visit.is_event, lead_visit.is_timed,
                lead_visit.change_ts
        ) as number
    from visit_changes
    inner join dm.lead_visit
        on
            visit_changes.lead_id = lead_visit.lead_id
            and visit_changes.dwell_seconds = lead_visit.dwell_seconds
            and visit_changes.from_stage = lead_visit.from_stage
            and visit_changes.to_stage = lead_visit.to_stage
            and visit_changes.is_event = lead_visit.is_event
            and visit_changes.is_timed = lead_visit.is_timed
            and visit_changes.change_ts = lead_visit.change_ts
    where visit_changes.visits < 0
)

delete from dm.lead_visit
using surplus_visits
where
    lead_visit.ctid = surplus_visits.place
    and surplus_visits.number <= -surplus_visits.visits;

insert into dm.lead_visit (
    lead_id, dwell_seconds, from_stage, to_stage, is_event, is_timed, change_ts
)
select
    visit_changes.lead_id,
    visit_changes.dwell_seconds,
    visit_changes.from_stage,
    visit_changes.to_stage,
    visit_changes.is_event,
    visit_changes.is_timed,
    visit_changes.change_ts
from visit_changes
cross join lateral generate_series(1, visit_changes.visits)
where visit_changes.visits > 0;

select coalesce(sum(abs(visit_changes.visits)), 0)::bigint as visits_changed
from visit_changes;
