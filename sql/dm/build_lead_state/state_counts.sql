-- What:  brings what is counted by day, stage and month up to the leads that changed
-- Grain: the counts by day of creation, by stage that leads are in, by month and basis, by length
-- Reads: state_changes (of states.sql)

insert into dm.lead_funnel_day as counted (
    created_day, leads, reached_quote, reached_deposit, reached_confirmed,
    reached_on_rent, reached_returned, reached_closed, won, lost
)
select
    state_changes.created_day,
    sum(state_changes.side) as leads,
    sum(state_changes.side * (state_changes.furthest >= 'quote')::integer)
        as reached_quote,
    sum(state_changes.side * (state_changes.furthest >= 'deposit')::integer)
        as reached_deposit,
    sum(state_changes.side * (state_changes.furthest >= 'confirmed')::integer)
        as reached_confirmed,
    sum(state_changes.side * (state_changes.furthest >= 'on_rent')::integer)
        as reached_on_rent,
    sum(state_changes.side * (state_changes.furthest >= 'returned')::integer)
        as reached_returned,
    sum(state_changes.side * (state_changes.furthest >= 'closed')::integer)
        as reached_closed,
    sum(state_changes.side * (state_changes.stage = 'closed')::integer) as won,
    sum(state_changes.side * (state_changes.stage = 'cancelled')::integer) as lost
from (
    select
        changes.side,
        changes.created_day,
        changes.stage,
        coalesce(changes.furthest, 'inquiry') as furthest
    from state_changes as changes
    where changes.stage is not null and changes.created_day is not null
) as state_changes
group by state_changes.created_day
on conflict (created_day) do update
set
    leads = counted.leads + excluded.leads,
    reached_quote = counted.reached_quote + excluded.reached_quote,
    reached_deposit = counted.reached_deposit + excluded.reached_deposit,
    reached_confirmed = counted.reached_confirmed + excluded.reached_confirmed,
    reached_on_rent = counted.reached_on_rent + excluded.reached_on_rent,
    reached_returned = counted.reached_returned + excluded.reached_returned,
    reached_closed = counted.reached_closed + excluded.reached_closed,
    won = counted.won + excluded.won,
    lost = counted.lost + excluded.lost;

delete from dm.lead_funnel_day
where lead_funnel_day.leads = 0;

insert into dm.stage_visit_count as counted (
    from_stage, to_stage, moves, event_moves, open_visits
)
select
    state_changes.stage as from_stage,
    null as to_stage,
    0 as moves,
    0 as event_moves,
    sum(state_changes.side) as open_visits
from state_changes
where state_changes.stage not in ('closed', 'cancelled')
group by state_changes.stage
having sum(state_changes.side) <> 0
on conflict (from_stage, to_stage) do update
set open_visits = counted.open_visits + excluded.open_visits;

delete from dm.stage_visit_count
where stage_visit_count.moves = 0 and stage_visit_count.open_visits = 0;

insert into dm.cancellations as counted (
    basis, month, confirmed, cancelled, no_shows, pending
)
select
    months.basis,
    date_trunc('month', months.day::timestamp)::date as month,
    sum(state_changes.side) as confirmed,
    sum(state_changes.side * (state_changes.stage = 'cancelled')::integer)
        as cancelled,
    sum(state_changes.side * state_changes.is_no_show::integer) as no_shows,
    sum(
        state_changes.side * (state_changes.stage not in ('cancelled', 'closed'))::integer
    ) as pending
from state_changes
cross join lateral (
    values
    ('confirmation', state_changes.confirmed_day),
    ('start', state_changes.start_day)
) as months (basis, day)
where
    state_changes.stage is not null
    and state_changes.confirmed_day is not null
    and months.day is not null
group by months.basis, date_trunc('month', months.day::timestamp)
having
    sum(state_changes.side) <> 0
    or sum(state_changes.side * (state_changes.stage = 'cancelled')::integer) <> 0
    or sum(state_changes.side * state_changes.is_no_show::integer) <> 0
    or sum(state_changes.side * (state_changes.stage = 'closed')::integer) <> 0
on conflict (basis, month) do update
set
    confirmed = counted.confirmed + excluded.confirmed,
    cancelled = counted.cancelled + excluded.cancelled,
    no_shows = counted.no_shows + excluded.no_shows,
    pending = counted.pending + excluded.pending;

delete from dm.cancellations
where cancellations.confirmed = 0;

-- The bookings of dm.lead_time.
insert into dm.lead_time_count as counted (kind, days, bookings, month)
select
    lengths.kind,
    lengths.days,
    sum(state_changes.side) as bookings,
    date_trunc('month', state_changes.start_day::timestamp)::date as month
from state_changes
cross join lateral (
    values
    ('lead', state_changes.start_day - state_changes.confirmed_day),
    ('rental', state_changes.rental_days)
) as lengths (kind, days)
where
    state_changes.stage between 'confirmed' and 'closed'
    and state_changes.confirmed_day is not null
    and state_changes.start_day is not null
    and lengths.days is not null
group by date_trunc('month', state_changes.start_day::timestamp), lengths.kind, lengths.days
having sum(state_changes.side) <> 0
on conflict (month, kind, days) do update
set bookings = counted.bookings + excluded.bookings;

delete from dm.lead_time_count
where lead_time_count.bookings = 0;

select count(*) as rows_counted
from state_changes;
