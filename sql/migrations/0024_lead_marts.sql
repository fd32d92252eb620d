-- What:  the marts of leads: funnel, moves, transitions, value of clients, changes and cancellations of rentals, lead
--        time, and what can be trusted; with what they are kept up to date by
-- Data:  the next run builds them from everything; dates whose facts had succeeded stay succeeded

-- In the order of a rental; the last three have no place in it.
create type dm.stage as enum (
    'inquiry', 'quote', 'deposit', 'confirmed', 'on_rent', 'returned', 'closed', 'cancelled', 'other', 'outside'
);

comment on type dm.stage is 'A stage of a lead in the rental pipeline, in their order; cancelled, other and outside (any other pipeline) have no place in it';

create function dm.is_booked(stage dm.stage)
returns boolean
language sql
immutable
parallel safe
return stage between 'confirmed' and 'closed';

comment on function dm.is_booked(dm.stage) is 'Whether a lead in this stage is a booking: confirmed, on_rent, returned or closed';

-- Helpers: what each lead counts for, so that a changed lead takes away what it counted for and adds what it does.

create table dm.status_stage (
    status_id bigint not null,
    stage dm.stage not null,
    constraint status_stage_pkey primary key (status_id)
);

comment on table dm.status_stage is 'Helper, not a figure. One row per status of the rental pipeline: the stage that the marts of leads were built with';
comment on column dm.status_stage.status_id is 'The status';
comment on column dm.status_stage.stage is 'Its stage';

create table dm.lead_state (
    lead_id bigint not null,
    client_id bigint,
    rental_days integer,
    amount numeric,
    stage dm.stage,
    furthest dm.stage,
    is_ahead boolean not null,
    is_no_show boolean not null,
    created_day date,
    confirmed_day date,
    start_day date,
    next_day date,
    constraint lead_state_pkey primary key (lead_id)
);

create index lead_state_by_next_day on dm.lead_state (next_day) where next_day is not null;
create index lead_state_by_client
on dm.lead_state (client_id, start_day)
where stage between 'confirmed' and 'closed' and not is_ahead;
create index lead_state_by_start
on dm.lead_state (start_day)
where stage between 'confirmed' and 'closed' and confirmed_day is not null;

comment on table dm.lead_state is 'Helper, not a figure. One row per lead of dds.fact_rentals: what the marts count it for up to the last finished day; and per other lead of which something happened after that day';
comment on column dm.lead_state.lead_id is 'The lead';
comment on column dm.lead_state.client_id is 'Its client; 0 when unknown';
comment on column dm.lead_state.rental_days is 'Its charged days';
comment on column dm.lead_state.amount is 'Its amount, in CURRENCY';
comment on column dm.lead_state.stage is 'Its present stage; null when it is not in dds.fact_rentals';
comment on column dm.lead_state.furthest is 'The furthest stage that it is known to have been in';
comment on column dm.lead_state.is_ahead is 'Whether it is a booking that has not begun: its start lies after the last finished day, or is not known and it is confirmed';
comment on column dm.lead_state.is_no_show is 'Whether it was cancelled after its start without having been on rent';
comment on column dm.lead_state.created_day is 'Day of its creation; null after the last finished day';
comment on column dm.lead_state.confirmed_day is 'Day of its confirmation; null after the last finished day';
comment on column dm.lead_state.start_day is 'Day of its start';
comment on column dm.lead_state.next_day is 'First later day from which it counts for more; null without one';

create table dm.lead_visit (
    lead_id bigint not null,
    dwell_seconds bigint not null,
    from_stage dm.stage not null,
    to_stage dm.stage not null,
    is_event boolean not null,
    is_timed boolean not null,
    change_ts timestamptz not null
);

create index lead_visit_by_lead on dm.lead_visit (lead_id);
create index lead_visit_by_dwell on dm.lead_visit (from_stage, to_stage, dwell_seconds) where is_timed;

comment on table dm.lead_visit is 'Helper, not a figure. One row per change of status up to the last finished day, but for those between other pipelines: the visit of a stage that it ended';
comment on column dm.lead_visit.lead_id is 'The lead';
comment on column dm.lead_visit.dwell_seconds is 'Length of the visit';
comment on column dm.lead_visit.from_stage is 'The stage that was left';
comment on column dm.lead_visit.to_stage is 'The stage that was entered';
comment on column dm.lead_visit.is_event is 'Whether the CRM told the change';
comment on column dm.lead_visit.is_timed is 'Whether the beginning of the visit is known';
comment on column dm.lead_visit.change_ts is 'When it ended';

create table dm.lead_funnel_day (
    created_day date not null,
    leads bigint not null,
    reached_quote bigint not null,
    reached_deposit bigint not null,
    reached_confirmed bigint not null,
    reached_on_rent bigint not null,
    reached_returned bigint not null,
    reached_closed bigint not null,
    won bigint not null,
    lost bigint not null,
    constraint lead_funnel_day_pkey primary key (created_day)
);

comment on table dm.lead_funnel_day is 'Helper, not a figure: dm.lead_funnel_week by day of creation';
comment on column dm.lead_funnel_day.created_day is 'Day of creation, in BUSINESS_TZ';
comment on column dm.lead_funnel_day.leads is 'As in dm.lead_funnel_week, like the other columns';
comment on column dm.lead_funnel_day.reached_quote is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.reached_deposit is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.reached_confirmed is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.reached_on_rent is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.reached_returned is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.reached_closed is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.won is 'As in dm.lead_funnel_week';
comment on column dm.lead_funnel_day.lost is 'As in dm.lead_funnel_week';

create table dm.stage_move_count (
    week_start date not null,
    stage dm.stage not null,
    moves bigint not null,
    unique_leads bigint not null,
    constraint stage_move_count_pkey primary key (week_start, stage)
);

comment on table dm.stage_move_count is 'Helper, not a figure: dm.stage_moves_week without its zeros';
comment on column dm.stage_move_count.week_start is 'As in dm.stage_moves_week';
comment on column dm.stage_move_count.stage is 'As in dm.stage_moves_week';
comment on column dm.stage_move_count.moves is 'As in dm.stage_moves_week';
comment on column dm.stage_move_count.unique_leads is 'As in dm.stage_moves_week';

create table dm.stage_visit_count (
    from_stage dm.stage not null,
    to_stage dm.stage,
    moves bigint not null,
    event_moves bigint not null,
    open_visits bigint not null,
    constraint stage_visit_count_key unique nulls not distinct (from_stage, to_stage)
);

comment on table dm.stage_visit_count is 'Helper, not a figure: the counts of dm.stage_transition';
comment on column dm.stage_visit_count.from_stage is 'As in dm.stage_transition';
comment on column dm.stage_visit_count.to_stage is 'As in dm.stage_transition';
comment on column dm.stage_visit_count.moves is 'As in dm.stage_transition';
comment on column dm.stage_visit_count.event_moves is 'Those of moves that the CRM told';
comment on column dm.stage_visit_count.open_visits is 'As in dm.stage_transition';

-- Buckets that are narrow where visits are short: a percentile is found by the counts before its bucket and an
-- ordered look at a few visits inside it.
create function dm.dwell_bucket(seconds bigint)
returns bigint
language sql
immutable
parallel safe
return case
    when seconds < 600 then seconds
    when seconds < 86400 then seconds / 300 * 300
    when seconds < 5184000 then seconds / 3600 * 3600
    else seconds / 86400 * 86400
end;

comment on function dm.dwell_bucket(bigint) is 'The shortest dwell of the bucket of dm.stage_dwell_count that a visit belongs to';

create table dm.stage_dwell_count (
    from_stage dm.stage not null,
    to_stage dm.stage not null,
    dwell_from bigint not null,
    visits bigint not null,
    constraint stage_dwell_count_pkey primary key (from_stage, to_stage, dwell_from)
);

comment on table dm.stage_dwell_count is 'Helper, not a figure: how many visits with a known beginning were how long (dm.dwell_bucket)';
comment on column dm.stage_dwell_count.from_stage is 'The stage that was left';
comment on column dm.stage_dwell_count.to_stage is 'The stage that was entered';
comment on column dm.stage_dwell_count.dwell_from is 'Shortest length in seconds of the visits counted here';
comment on column dm.stage_dwell_count.visits is 'How many there are';

-- Marts.

create table dm.lead_funnel_week (
    week_start date not null,
    leads bigint not null,
    reached_inquiry bigint not null,
    reached_quote bigint not null,
    reached_deposit bigint not null,
    reached_confirmed bigint not null,
    reached_on_rent bigint not null,
    reached_returned bigint not null,
    reached_closed bigint not null,
    won bigint not null,
    lost bigint not null,
    open bigint not null,
    mature_leads bigint not null,
    maturity numeric,
    constraint lead_funnel_week_pkey primary key (week_start)
);

comment on table dm.lead_funnel_week is 'One row per ISO week in BUSINESS_TZ, from that of the first lead to that of the last finished day, those without leads too: the cohort of the leads created in it. Excluded: leads that are deleted or now in another pipeline (deleting spam raises conversion), and leads created after the last finished day';
comment on column dm.lead_funnel_week.week_start is 'Monday of the week of creation, in BUSINESS_TZ';
comment on column dm.lead_funnel_week.leads is 'Unit: leads. Live leads of the rental pipeline created in the week';
comment on column dm.lead_funnel_week.reached_inquiry is 'Unit: leads. All of them: every lead reached inquiry';
comment on column dm.lead_funnel_week.reached_quote is 'Unit: leads. Leads that were ever in quote or a later stage (quote < deposit < confirmed < on_rent < returned < closed): skipping it counts as reaching it, going back takes nothing away. Conversion: this by leads';
comment on column dm.lead_funnel_week.reached_deposit is 'Unit: leads. Leads that were ever in deposit or a later stage, as in reached_quote. Conversion: this by leads';
comment on column dm.lead_funnel_week.reached_confirmed is 'Unit: leads. Leads that were ever in confirmed or a later stage, as in reached_quote. Conversion: this by leads';
comment on column dm.lead_funnel_week.reached_on_rent is 'Unit: leads. Leads that were ever in on_rent or a later stage, as in reached_quote. Conversion: this by leads';
comment on column dm.lead_funnel_week.reached_returned is 'Unit: leads. Leads that were ever in returned or closed, as in reached_quote. Conversion: this by leads';
comment on column dm.lead_funnel_week.reached_closed is 'Unit: leads. Leads that were ever in closed, those that were opened again too. Conversion: this by leads';
comment on column dm.lead_funnel_week.won is 'Unit: leads. Leads that are now in closed; won + lost + open = leads';
comment on column dm.lead_funnel_week.lost is 'Unit: leads. Leads that are now in cancelled';
comment on column dm.lead_funnel_week.open is 'Unit: leads. Leads that are now in any other stage';
comment on column dm.lead_funnel_week.mature_leads is 'Unit: leads. Leads whose day of creation + COHORT_MATURITY_DAYS is not after the last finished day, whatever became of them';
comment on column dm.lead_funnel_week.maturity is 'Ratio, 0 to 1. Numerator: mature_leads. Denominator: leads. Null without leads; below 1 the cohort may still convert';

create view dm.stage_moves_week as
with weeks as (
    -- Without a time zone, or the weeks would be those of whoever reads.
    select
        generate_series(
            min(stage_move_count.week_start)::timestamp, max(stage_move_count.week_start)::timestamp,
            interval '7 days'
        )::date as week_start
    from dm.stage_move_count
),

stages as (
    select status_stage.stage
    from dm.status_stage
    union
    select stage_move_count.stage
    from dm.stage_move_count
)

select
    weeks.week_start,
    stages.stage::text as stage,
    coalesce(stage_move_count.moves, 0) as moves,
    coalesce(stage_move_count.unique_leads, 0) as unique_leads
from weeks
cross join stages
left join dm.stage_move_count
    on weeks.week_start = stage_move_count.week_start and stages.stage = stage_move_count.stage;

comment on view dm.stage_moves_week is 'One row per stage of the rental pipeline and ISO week in BUSINESS_TZ between the first and the last move: moves into the stage, by the time of the change; of leads deleted later too. Excluded: creations, changes inside one stage, moves after the last finished day. The week of the last finished day is incomplete until its Sunday';
comment on column dm.stage_moves_week.week_start is 'Monday of the week of the move, in BUSINESS_TZ';
comment on column dm.stage_moves_week.stage is 'The stage that was entered';
comment on column dm.stage_moves_week.moves is 'Unit: moves. Changes of status into the stage from another one or from another pipeline, whatever tells them (event, history, gap)';
comment on column dm.stage_moves_week.unique_leads is 'Unit: leads. Leads that made those moves, each once per week and stage';

create table dm.stage_transition (
    from_stage text not null,
    to_stage text,
    moves bigint not null,
    median_dwell_seconds numeric,
    p90_dwell_seconds numeric,
    open_visits bigint not null,
    share_exact numeric,
    constraint stage_transition_key unique nulls not distinct (from_stage, to_stage)
);

comment on table dm.stage_transition is 'One row per pair of stages between which leads ever moved, up to the last finished day, and one with to_stage null per stage in which leads are now. The stage outside stands for every other pipeline. Excluded: changes between two other pipelines. A visit that a deletion ended is neither finished nor open';
comment on column dm.stage_transition.from_stage is 'The stage that was left, or in which leads still are';
comment on column dm.stage_transition.to_stage is 'The stage that was entered, the same where two statuses share it; null in the row of the visits still open';
comment on column dm.stage_transition.moves is 'Unit: moves. Changes of status from one stage to the other, of leads deleted later too; 0 in the row of the open visits';
comment on column dm.stage_transition.median_dwell_seconds is 'Unit: seconds. Median time in from_stage (its status) before the move, linear between neighbours. Excluded: visits still open, and those whose beginning is not known (a gap just before). Null without a visit';
comment on column dm.stage_transition.p90_dwell_seconds is 'Unit: seconds. The time that nine of ten visits did not exceed, as in median_dwell_seconds';
comment on column dm.stage_transition.open_visits is 'Unit: leads. Live leads of the rental pipeline that are now in from_stage and have not left it; closed and cancelled are ends, not visits. 0 in rows of moves. Medians say nothing of them: they last longer';
comment on column dm.stage_transition.share_exact is 'Ratio, 0 to 1. Numerator: the moves whose time the CRM itself tells (source event). Denominator: moves. Null without moves; the others lie between two sights';

create table dm.client_value (
    client_id bigint not null,
    rentals bigint not null,
    revenue numeric not null,
    unpriced_rentals bigint not null,
    first_rental date,
    last_rental date,
    is_repeat boolean generated always as (
        case when client_id <> 0 then coalesce(first_rental <> last_rental, false) end
    ) stored,
    bookings_ahead bigint not null,
    revenue_ahead numeric not null,
    constraint client_value_pkey primary key (client_id)
);

create index client_value_by_revenue on dm.client_value (revenue desc);

comment on table dm.client_value is 'One row per client with a booking (confirmed, on rent, returned or closed), deleted clients too; client_id 0 stands for bookings of unknown clients, so that the sums are whole. Excluded: cancelled rentals, clients without any booking';
comment on column dm.client_value.client_id is 'The client; 0 when unknown';
comment on column dm.client_value.rentals is 'Unit: rentals. Bookings whose start day is not after the last finished day, or without a start those that are on rent, returned or closed';
comment on column dm.client_value.revenue is 'Unit: CURRENCY. Whole amounts of rentals, also where their days run past the last finished day; an unknown amount counts as 0';
comment on column dm.client_value.unpriced_rentals is 'Unit: rentals. Those of rentals whose amount is not known';
comment on column dm.client_value.first_rental is 'Day of the first start among rentals, in BUSINESS_TZ; null when none has one';
comment on column dm.client_value.last_rental is 'Day of the last start among rentals, in BUSINESS_TZ; null when none has one';
comment on column dm.client_value.is_repeat is 'Whether rentals start on two different days: first_rental <> last_rental; null for the unknown client. As a rate: clients where this is true by clients with rentals';
comment on column dm.client_value.bookings_ahead is 'Unit: bookings. Bookings that start later, or are confirmed without a start';
comment on column dm.client_value.revenue_ahead is 'Unit: CURRENCY. Whole amounts of bookings_ahead; an unknown amount counts as 0';

create function dm.wall_clock_days(
    earlier timestamptz, later timestamptz, business_tz text
)
returns numeric
language sql
immutable
parallel safe
return trim_scale(
    extract(epoch from (later at time zone business_tz) - (earlier at time zone business_tz)) / 86400
);

comment on function dm.wall_clock_days(timestamptz, timestamptz, text) is 'Days of 24 h between two moments on the wall clock of a time zone, with their fraction; negative when the second is earlier';

create table dm.rental_changes (
    lead_id bigint not null,
    kind text not null,
    start_delta_days numeric,
    end_delta_days numeric,
    days_delta integer,
    changed_at timestamptz not null,
    constraint rental_changes_pkey primary key (lead_id, changed_at),
    constraint rental_changes_kind_known check (kind in ('extended', 'shortened', 'moved'))
);

create index rental_changes_by_time on dm.rental_changes (changed_at);

comment on table dm.rental_changes is 'One row per change of dates between two neighbouring versions of a lead of dds.fact_rentals that are both booked: the first plan is the one with which it is first seen confirmed, and the net effect is the sum of the rows. Excluded: dates changed while it was an inquiry or cancelled, a date that was filled in or cleared, changes after the last finished day';
comment on column dm.rental_changes.lead_id is 'The lead';
comment on column dm.rental_changes.kind is 'moved where the start changed, else extended or shortened by the end';
comment on column dm.rental_changes.start_delta_days is 'Unit: days of 24 h on the wall clock of BUSINESS_TZ, with their fraction. New start - old start; null where one of them is not known';
comment on column dm.rental_changes.end_delta_days is 'Unit: days of 24 h on the wall clock of BUSINESS_TZ, with their fraction. New end - old end; null where one of them is not known';
comment on column dm.rental_changes.days_delta is 'Unit: charged days. New rental_days - old rental_days; null where one of them is not known';
comment on column dm.rental_changes.changed_at is 'When the later version opened';

create table dm.rental_changes_ahead (
    lead_id bigint not null,
    next_day date not null,
    constraint rental_changes_ahead_pkey primary key (lead_id)
);

comment on table dm.rental_changes_ahead is 'Helper, not a figure. One row per lead with changes after the last finished day';
comment on column dm.rental_changes_ahead.lead_id is 'The lead';
comment on column dm.rental_changes_ahead.next_day is 'Day of the first of them';

create table dm.cancellations (
    basis text not null,
    month date not null,
    confirmed bigint not null,
    cancelled bigint not null,
    no_shows bigint not null,
    pending bigint not null,
    rate numeric generated always as (cancelled::numeric / nullif(confirmed, 0)) stored,
    constraint cancellations_pkey primary key (basis, month),
    constraint cancellations_basis_known check (basis in ('confirmation', 'start'))
);

comment on table dm.cancellations is 'One row per basis and month with confirmed leads: what became of leads of dds.fact_rentals that were ever confirmed, by the month of their confirmation or of their present start; months of starts to come stand too. Excluded: leads deleted or moved to another pipeline since, confirmations after the last finished day, in basis start those without one';
comment on column dm.cancellations.basis is 'confirmation or start: which month the lead counts in';
comment on column dm.cancellations.month is 'First day of the month of confirmed_at or rental_start, in BUSINESS_TZ';
comment on column dm.cancellations.confirmed is 'Unit: leads. Leads that were ever in a booked stage, whatever became of them';
comment on column dm.cancellations.cancelled is 'Unit: leads. Those of confirmed that are now in cancelled; a revived one is not, nor one that went back to an earlier stage';
comment on column dm.cancellations.no_shows is 'Unit: leads. Those of cancelled whose last entry into cancelled was after their start (a start without a time: after the end of that day) and that were never on rent or beyond';
comment on column dm.cancellations.pending is 'Unit: leads. Those of confirmed that are neither cancelled nor closed: their fate is open';
comment on column dm.cancellations.rate is 'Ratio, 0 to 1. Numerator: cancelled. Denominator: confirmed';

create view dm.lead_time as
select
    lead_state.lead_id,
    lead_state.start_day - lead_state.confirmed_day as lead_days,
    lead_state.rental_days,
    date_trunc('month', lead_state.start_day::timestamp)::date as month
from dm.lead_state
where
    lead_state.stage between 'confirmed' and 'closed'
    and lead_state.confirmed_day is not null
    and lead_state.start_day is not null;

comment on view dm.lead_time is 'One row per booking with a confirmation and a start: figures over many are medians of these (percentile_cont). Excluded: cancelled rentals, confirmations after the last finished day';
comment on column dm.lead_time.lead_id is 'The lead';
comment on column dm.lead_time.lead_days is 'Unit: calendar days. Day of the start - day of the confirmation, in BUSINESS_TZ; negative where the booking was entered afterwards';
comment on column dm.lead_time.rental_days is 'Unit: charged days. Length of the rental; null without an end in order';
comment on column dm.lead_time.month is 'First day of the month of the start, in BUSINESS_TZ';

-- What can be trusted. The newest change of a source is known up to a landed row; what landed since is looked at by
-- the view.

create table dm.source_change (
    source text not null,
    position bigint not null default 0,
    newest_change timestamptz,
    constraint source_change_pkey primary key (source),
    constraint source_change_source_known check (source in ('leads', 'clients', 'cars', 'lead_events'))
);

comment on table dm.source_change is 'Helper, not a figure. One row per source: its newest change, of the rows that had landed up to a position';
comment on column dm.source_change.source is 'leads, clients, cars or lead_events';
comment on column dm.source_change.position is 'The last landed_seq that was looked at';
comment on column dm.source_change.newest_change is 'The greatest opening of those rows; of events the time of the newest';

insert into dm.source_change (source)
values ('leads'), ('clients'), ('cars'), ('lead_events');

create index stg_leads_by_observed_at on stg.stg_leads (observed_at);
create index stg_clients_by_observed_at on stg.stg_clients (observed_at);
create index stg_cars_by_observed_at on stg.stg_cars (observed_at);
create index fact_lead_status_change_gaps on dds.fact_lead_status_change (lead_id) where source = 'gap';

-- A view runs with the rights of its owner: readers of dm see these figures of stg and ops, and nothing else there.
create view dm.data_trust as
with newest_results as (
    select distinct on (check_result.check_name, check_result.table_name)
        check_result.offenders,
        case
            when check_result.table_name like '%client%' then 'clients'
            when check_result.table_name like '%event%' then 'lead_events'
            when check_result.table_name like '%car%' or check_result.table_name like '%fleet%' then 'cars'
            else 'leads'
        end as source
    from ops.check_result
    order by check_result.check_name, check_result.table_name, check_result.checked_at desc
),

landings as (
    select
        'leads' as source,
        (select max(stg_leads.observed_at) from stg.stg_leads) as landed,
        (
            select max(least(stg_leads.updated_at, stg_leads.observed_at))
            from stg.stg_leads
            where
                stg_leads.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'leads'
                )
        ) as changed_since
    union all
    select
        'clients' as source,
        (select max(stg_clients.observed_at) from stg.stg_clients) as landed,
        (
            select max(least(stg_clients.updated_at, stg_clients.observed_at))
            from stg.stg_clients
            where
                stg_clients.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'clients'
                )
        ) as changed_since
    union all
    select
        'cars' as source,
        (select max(stg_cars.observed_at) from stg.stg_cars) as landed,
        (
            select max(least(stg_cars.updated_at, stg_cars.observed_at))
            from stg.stg_cars
            where
                stg_cars.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'cars'
                )
        ) as changed_since
    union all
    select
        'lead_events' as source,
        (
            select watermark.cursor_at
            from ops.watermark
            where watermark.name = 'amocrm.events'
        ) as landed,
        (
            select max(stg_lead_events.created_at)
            from stg.stg_lead_events
            where
                stg_lead_events.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'lead_events'
                )
        ) as changed_since
)

select
    source_change.source,
    greatest(source_change.newest_change, landings.changed_since) as newest_change,
    landings.landed,
    (
        select max(run_log.finished_at)
        from ops.run_log
        where
            run_log.dag_id = 'daily_build_dds_fact'
            and run_log.task_id = 'merge_dim_date'
            and run_log.status = 'success'
            and run_log.reason is distinct from 'marked'
    ) as built,
    case
        when source_change.source = 'leads'
            then coalesce(
                (
                    select (run_log.metrics ->> 'missed_by_incremental')::bigint
                    from ops.run_log
                    where
                        run_log.dag_id = 'daily_amocrm_load_leads'
                        and run_log.task_id = 'load_leads'
                        and run_log.status = 'success'
                        and run_log.metrics ? 'missed_by_incremental'
                    order by run_log.finished_at desc
                    limit 1
                ),
                0
            )
        else 0
    end as missed_by_incremental,
    case
        when source_change.source = 'leads'
            then (
                select (run_log.metrics ->> 'max_lateness_s')::bigint
                from ops.run_log
                where
                    run_log.dag_id = 'daily_amocrm_load_leads'
                    and run_log.task_id = 'load_leads'
                    and run_log.status = 'success'
                    and run_log.metrics ? 'max_lateness_s'
                order by run_log.finished_at desc
                limit 1
            )
    end as max_lateness_s,
    case
        when source_change.source = 'lead_events'
            then (
                select count(*)
                from dds.fact_lead_status_change
                where fact_lead_status_change.source = 'gap'
            )
        else 0
    end as chain_breaks,
    (
        select count(*)
        from newest_results
        where newest_results.source = source_change.source and newest_results.offenders > 0
    ) as failed_checks
from dm.source_change
inner join landings on source_change.source = landings.source;

comment on view dm.data_trust is 'One row per source (leads, clients, cars, lead_events): how fresh and how whole it is, as of now';
comment on column dm.data_trust.source is 'leads, clients, cars or lead_events';
comment on column dm.data_trust.newest_change is 'The newest change in the CRM that has landed: the greatest opening of a row (its updated_at where that can be believed, else when it was seen); of events the time of the newest';
comment on column dm.data_trust.landed is 'When the CRM showed what landed last, by its own clock; of events the end of the last complete read';
comment on column dm.data_trust.built is 'When daily_build_dds_fact last succeeded, the same for all sources';
comment on column dm.data_trust.missed_by_incremental is 'Unit: changes. What the reads of changes should have shown and the last full scan of leads found; 0 for sources that are read whole';
comment on column dm.data_trust.max_lateness_s is 'Unit: seconds. How late changes of leads came into sight at most, in the last load; null for other sources';
comment on column dm.data_trust.chain_breaks is 'Unit: changes of status. Events that begin from another status than the one known (source gap), all time; in the row of lead_events, 0 in the others';
comment on column dm.data_trust.failed_checks is 'Unit: checks. Checks whose newest result has offenders, by table: clients, lead_events, cars (and days of the fleet), all others leads';

insert into ops.watermark (name)
values
    ('dm.lead_state/leads'),
    ('dm.rental_changes/leads');

-- Dates that need no marts of their own need none of these. A mark counts as a success and makes nothing stale.
insert into ops.run_log (
    run_id, dag_id, task_id, logical_date, attempt, status, worker, reason,
    started_at, finished_at, heartbeat_at
)
select
    gen_random_uuid() as run_id,
    'daily_build_dm' as dag_id,
    tasks.task_id,
    task_state.logical_date,
    1 as attempt,
    'success' as status,
    'upgrade' as worker,
    'marked' as reason,
    task_state.succeeded_at as started_at,
    task_state.succeeded_at as finished_at,
    task_state.succeeded_at as heartbeat_at
from ops.task_state
cross join (
    values
    ('build_lead_state'),
    ('build_lead_funnel_week'),
    ('build_stage_transition'),
    ('build_rental_changes'),
    ('build_data_trust')
) as tasks (task_id)
where
    task_state.dag_id = 'daily_build_dm'
    and task_state.task_id = 'remember_build'
    and task_state.has_success
on conflict do nothing;
