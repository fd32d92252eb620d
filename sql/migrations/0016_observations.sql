-- What:  each row of stg is a fact about one moment: rows are ordered by what was seen when, and history,
--        status changes, rentals and cars learn what follows from that
-- Data:  stg keeps its rows: they get their new hash, of equal keys the later updated_at stays, of repeats that
--        differ in their payload alone the first; ods and dds keep theirs until the next run computes them
--        anew, which is due once although its date has succeeded

-- A line of the text that row_hash is made of: nothing where there is no value, so that a new column
-- changes no hash. Lib/landing/records/row_hash.ts writes the same lines.
create function stg.hash_line(name text, value text)
returns text
language sql
immutable
parallel safe
return coalesce(
    name || '=' || replace(replace(value, E'\\', E'\\\\'), E'\n', E'\\n') || E'\n', ''
);

comment on function stg.hash_line(text, text) is 'A line of the text that a row_hash is made of: name=value, a backslash as \\ and a line feed as \n; empty where there is no value';

create function stg.hash_moment(value timestamptz)
returns text
language sql
stable
parallel safe
return rtrim(
    rtrim(
        to_char(value at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'
    ),
    '.'
) || 'Z';

comment on function stg.hash_moment(timestamptz) is 'A moment in a row_hash: ISO 8601 in UTC, with no more digits of a second than it has';

create function stg.hash_lines(lines text)
returns text
language sql
stable
parallel safe
return encode(sha256(convert_to(lines, 'UTF8')), 'hex');

comment on function stg.hash_lines(text) is 'The row_hash of these lines: SHA-256 in hex of their UTF-8';

create function stg.row_hash(copy stg.stg_leads)
returns text
language sql
stable
parallel safe
return stg.hash_lines(
    stg.hash_line('budget', trim_scale(copy.budget)::text)
    || stg.hash_line('car_element_id', copy.car_element_id::text)
    || stg.hash_line('client_element_id', copy.client_element_id::text)
    || stg.hash_line('client_name', copy.client_name)
    || stg.hash_line('closed_at', stg.hash_moment(copy.closed_at))
    || stg.hash_line('created_at', stg.hash_moment(copy.created_at))
    || stg.hash_line('dailyrate', trim_scale(copy.dailyrate)::text)
    || stg.hash_line('deleted_by', copy.deleted_by)
    || stg.hash_line('is_deleted', copy.is_deleted::text)
    || stg.hash_line('license', copy.license)
    || stg.hash_line('loss_reason_id', copy.loss_reason_id::text)
    || stg.hash_line('model', copy.model)
    || stg.hash_line('name', copy.name)
    || stg.hash_line('pipeline_id', copy.pipeline_id::text)
    || stg.hash_line('plate', copy.plate)
    || stg.hash_line('rental_end', stg.hash_moment(copy.rental_end))
    || stg.hash_line('rental_start', stg.hash_moment(copy.rental_start))
    || stg.hash_line('responsible_user_id', copy.responsible_user_id::text)
    || stg.hash_line('status_id', copy.status_id::text)
);

create function stg.row_hash(copy stg.stg_clients)
returns text
language sql
stable
parallel safe
return stg.hash_lines(
    stg.hash_line('birth_date', to_char(copy.birth_date::timestamp, 'YYYY-MM-DD'))
    || stg.hash_line('client_name', copy.client_name)
    || stg.hash_line('created_at', stg.hash_moment(copy.created_at))
    || stg.hash_line('deleted_by', copy.deleted_by)
    || stg.hash_line('email', copy.email)
    || stg.hash_line('gender', copy.gender)
    || stg.hash_line('is_deleted', copy.is_deleted::text)
    || stg.hash_line('license', copy.license)
    || stg.hash_line('nationality', copy.nationality)
    || stg.hash_line('phone', copy.phone)
);

alter table stg.stg_cars
add column in_fleet_from date,
add column in_fleet_to date;

comment on column stg.stg_cars.in_fleet_from is 'The first day of the car in the fleet, where the account says it';
comment on column stg.stg_cars.in_fleet_to is 'The last day of the car in the fleet, where the account says it';

create function stg.row_hash(copy stg.stg_cars)
returns text
language sql
stable
parallel safe
return stg.hash_lines(
    stg.hash_line('color', copy.color)
    || stg.hash_line('created_at', stg.hash_moment(copy.created_at))
    || stg.hash_line('dailyrate', trim_scale(copy.dailyrate)::text)
    || stg.hash_line('deleted_by', copy.deleted_by)
    || stg.hash_line(
        'in_fleet_from', to_char(copy.in_fleet_from::timestamp, 'YYYY-MM-DD')
    )
    || stg.hash_line('in_fleet_to', to_char(copy.in_fleet_to::timestamp, 'YYYY-MM-DD'))
    || stg.hash_line('is_deleted', copy.is_deleted::text)
    || stg.hash_line('model', copy.model)
    || stg.hash_line('plate', copy.plate)
    || stg.hash_line('vin', copy.vin)
    || stg.hash_line('year', copy.year::text)
);

comment on function stg.row_hash(stg.stg_leads) is 'row_hash of a copy of a lead: of every typed column but id and updated_at';
comment on function stg.row_hash(stg.stg_clients) is 'row_hash of a copy of a client: of every typed column but id and updated_at';
comment on function stg.row_hash(stg.stg_cars) is 'row_hash of a copy of a car: of every typed column but id and updated_at';

-- A marker of deletion carries no value.
update stg.stg_leads
set
    pipeline_id = null,
    status_id = null,
    responsible_user_id = null,
    loss_reason_id = null,
    car_element_id = null,
    client_element_id = null,
    name = null,
    model = null,
    plate = null,
    client_name = null,
    license = null,
    budget = null,
    dailyrate = null,
    rental_start = null,
    rental_end = null,
    closed_at = null,
    created_at = null
where stg_leads.is_deleted;

update stg.stg_clients
set
    client_name = null,
    gender = null,
    phone = null,
    email = null,
    nationality = null,
    license = null,
    birth_date = null,
    created_at = null
where stg_clients.is_deleted;

update stg.stg_cars
set
    model = null,
    color = null,
    plate = null,
    vin = null,
    year = null,
    dailyrate = null,
    created_at = null
where stg_cars.is_deleted;

create temporary table migration_counts (
    copies_hashed bigint not null,
    equal_keys_removed bigint not null,
    repeats_removed bigint not null
) on commit drop;

do $$
declare
    staged text;
    hashed bigint;
    equal_keys bigint;
    repeats bigint;
begin
    foreach staged in array array['stg_leads', 'stg_clients', 'stg_cars']
    loop
        execute format('alter table stg.%1$I drop constraint %1$s_pkey', staged);
        execute format('update stg.%1$I set row_hash = stg.row_hash(%1$I)', staged);
        get diagnostics hashed = row_count;

        -- Of rows with one key the later updated_at stays.
        execute format(
            'delete from stg.%1$I
            using (
                select
                    ctid as place,
                    row_number() over (
                        partition by id, observed_at, row_hash
                        order by updated_at desc, landed_seq
                    ) as place_in_key
                from stg.%1$I
            ) as copies
            where %1$I.ctid = copies.place and copies.place_in_key > 1',
            staged
        );
        get diagnostics equal_keys = row_count;

        -- What says the same as the row before it differs in its payload alone: the first stays.
        execute format(
            'delete from stg.%1$I
            using (
                select
                    ctid as place,
                    row_hash = lag(row_hash) over sights
                    and updated_at = lag(updated_at) over sights as is_repeat
                from stg.%1$I
                window sights as (
                    partition by id
                    order by observed_at, updated_at, is_deleted, row_hash collate "C"
                )
            ) as copies
            where %1$I.ctid = copies.place and copies.is_repeat',
            staged
        );
        get diagnostics repeats = row_count;

        execute format(
            'alter table stg.%1$I
            add constraint %1$s_pkey primary key (id, observed_at, row_hash)',
            staged
        );
        insert into migration_counts values (hashed, equal_keys, repeats);
    end loop;
end;
$$;

comment on table stg.stg_leads is 'One row per fact about one moment: what the CRM showed of a lead at observed_at, where that differs from the row before it in the order observed_at, updated_at, live before deleted, row_hash; no run changes or removes one';
comment on table stg.stg_clients is 'One row per fact about one moment of an element of the clients catalog, as in stg.stg_leads';
comment on table stg.stg_cars is 'One row per fact about one moment of an element of the cars catalog, as in stg.stg_leads';
comment on column stg.stg_leads.is_deleted is 'Whether the row is a marker of deletion, which has no value but id, observed_at and updated_at';
comment on column stg.stg_leads.row_hash is 'SHA-256 of the typed columns but id and updated_at: stg.row_hash';
comment on column stg.stg_leads.updated_at is 'What the record says of itself; API clients write it ahead or back';
comment on column stg.stg_leads.observed_at is 'When the CRM showed this state, by the clock of the CRM: of a marker from an event the time of that, of one from an absence the start of the scan that missed it';

alter table stg.stg_lead_events add column survivor_id bigint;

comment on column stg.stg_lead_events.survivor_id is 'Of a merge the lead that lives on, where the feed gives it';

create index stg_lead_events_merges
on stg.stg_lead_events (created_at)
where type = 'entity_merged';

-- The opening of a row by those of the rows before it (rule 3 of the history): its updated_at where that can
-- be believed, else when it was seen. restored_at is that of the last lead_restored event up to the sight,
-- for a live row behind a marker; null for every other row. (Called for every row of a changed record:
-- plpgsql takes a third of the time of sql here.)
create function ods.next_opening(
    opening_before timestamptz,
    observed_at timestamptz,
    updated_at timestamptz,
    created_at timestamptz,
    restored_at timestamptz
)
returns timestamptz
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when opening_before is null
            then least(observed_at, greatest(updated_at, created_at))
        when updated_at > opening_before and updated_at <= observed_at then updated_at
        when restored_at >= opening_before then restored_at
        else observed_at
    end;
end;
$$;

comment on function ods.next_opening(timestamptz, timestamptz, timestamptz, timestamptz, timestamptz) is 'When a row of stg opens, by the opening of the row before it in order (null: it is the first)';

create aggregate ods.opening(timestamptz, timestamptz, timestamptz, timestamptz) (
    sfunc = ods.next_opening,
    stype = timestamptz,
    parallel = safe
);

comment on aggregate ods.opening(timestamptz, timestamptz, timestamptz, timestamptz) is 'When each row of stg opens: ods.opening(observed_at, updated_at, created_at, restored_at) over (partition by id order by observed_at, updated_at, is_deleted, row_hash collate "C" rows unbounded preceding)';

alter table ods.ods_cars_hist
add column in_fleet_from date,
add column in_fleet_to date;

-- The old one returns the columns of then.
drop function ods.cars_as_of(timestamptz);

create function ods.cars_as_of(moment timestamptz)
returns setof ods.ods_cars_hist
language sql
stable
begin atomic
    select ods_cars_hist.*
    from ods.ods_cars_hist
    where
        ods_cars_hist.valid_from <= moment
        and (ods_cars_hist.valid_to > moment or ods_cars_hist.valid_to is null);
end;

comment on function ods.cars_as_of(timestamptz) is 'The cars that existed at a moment, each in its state of then';
comment on column ods.ods_leads_hist.valid_from is 'The opening of the copy that showed the version first: its updated_at where that can be believed, else when it was seen';
comment on column ods.ods_leads_hist.closed_by is 'How a deletion that closed the version was seen: only_deleted, event or absence; null when the next version closed it';

alter table dds.dim_car
add column in_fleet_from date,
add column in_fleet_to date;

comment on column dds.dim_car.in_fleet_from is 'The first day of the car in the fleet, where the account says it';
comment on column dds.dim_car.in_fleet_to is 'The last day of the car in the fleet, where the account says it';

alter table dds.fact_rentals add column confirmed_at timestamptz;

comment on column dds.fact_rentals.confirmed_at is 'First entry into a booked stage of the rental pipeline, by fact_lead_status_change; created_at where the first known status is one; null if never';

alter table dds.fact_lead_status_change
add column earliest_ts timestamptz,
add column latest_ts timestamptz,
drop constraint fact_lead_status_change_pkey,
drop constraint fact_lead_status_change_source_known;

-- Until the next run computes them anew.
update dds.fact_lead_status_change
set
    earliest_ts = fact_lead_status_change.change_ts,
    latest_ts = fact_lead_status_change.change_ts;

alter table dds.fact_lead_status_change
alter column earliest_ts set not null,
alter column latest_ts set not null,
add constraint fact_lead_status_change_pkey primary key (
    lead_id, change_ts, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id
),
add constraint fact_lead_status_change_source_known check (
    source in ('event', 'history', 'gap')
),
add constraint fact_lead_status_change_bounds_in_order check (
    earliest_ts <= change_ts and change_ts <= latest_ts
);

comment on column dds.fact_lead_status_change.source is 'event: the CRM told the change; history: two sights differ; gap: an event began from another status than the one known';
comment on column dds.fact_lead_status_change.change_ts is 'When the status changed: exactly, where an event tells it; else the opening of the version that showed it';
comment on column dds.fact_lead_status_change.earliest_ts is 'The change was not before: the last evidence of the old status, or the opening where that is earlier';
comment on column dds.fact_lead_status_change.latest_ts is 'The change was not after: the first evidence of the new status';

-- amocrm.*: cursor_at is the upper bound of the last complete read; of the full scan cursor_day is the logical date.
insert into ops.watermark (name)
values
    ('amocrm.leads'),
    ('amocrm.leads_full'),
    ('amocrm.events'),
    ('stg.stg_lead_events'),
    ('ods.ods_leads_hist/events'),
    ('dds.fact_lead_status_change/events'),
    ('dds.fact_rentals/events');

-- The next run computes ods and dds anew, each task its own tables.
update ops.watermark
set
    position = 0,
    settings = null,
    changed_at = clock_timestamp()
where
    split_part(watermark.name, '/', 1) in (
        'ods.ods_leads_hist', 'ods.ods_clients_hist', 'ods.ods_cars_hist', 'dds.dim_car',
        'dds.dim_client', 'dds.fact_lead_status_change', 'dds.fact_rentals',
        'dds.fact_fleet_usage_day'
    );

create table ops.rebuild (
    dag_id text not null,
    task_id text not null,
    reason text not null,
    due_since timestamptz not null default clock_timestamp(),
    constraint rebuild_pkey primary key (dag_id, task_id)
);

comment on table ops.rebuild is 'Tasks whose tables a migration wants computed anew: the latest date that had succeeded before is stale until the task succeeds again, for whatever date';
comment on column ops.rebuild.reason is 'What asks for it, as people read it';

insert into ops.rebuild (dag_id, task_id, reason)
select distinct
    run_log.dag_id,
    run_log.task_id,
    'the upgrade (0016_observations.sql)' as reason
from ops.run_log
where
    run_log.status = 'success'
    and run_log.task_id in (
        'merge_ods_leads', 'merge_ods_clients', 'merge_ods_cars', 'merge_dim_car',
        'merge_dim_client', 'merge_fact_lead_status_change', 'merge_fact_rentals',
        'merge_fact_fleet_usage_day'
    );

create or replace view ops.task_state as
with tasks as (
    select
        run_log.dag_id,
        run_log.task_id,
        run_log.logical_date,
        max(run_log.attempt) as attempt,
        max(run_log.attempt) filter (
            where run_log.status = 'success'
        ) as success_attempt,
        max(run_log.attempt) filter (
            where run_log.status = 'failed' and run_log.reason = 'marked'
        ) as mark_attempt,
        count(*) as attempts,
        count(*) filter (where run_log.reason = 'worker_died') as worker_deaths,
        min(run_log.started_at) as first_started_at
    from ops.run_log
    group by run_log.dag_id, run_log.task_id, run_log.logical_date
)

select
    tasks.dag_id,
    tasks.task_id,
    tasks.logical_date,
    latest.run_id,
    tasks.attempt,
    tasks.attempts,
    latest.status,
    latest.reason,
    latest.worker,
    latest.error,
    tasks.worker_deaths,
    success.rows_read,
    success.rows_written,
    success.metrics,
    success.waits_for,
    coalesce(newer_success.task_name, rebuild.reason) as newer_upstream,
    (success.attempt is not null) as has_success,
    coalesce(newer_success.task_name, rebuild.reason) is not null as is_stale,
    tasks.first_started_at,
    latest.started_at,
    latest.finished_at,
    latest.heartbeat_at,
    latest.cancel_requested_at,
    success.finished_at as succeeded_at,
    (success.finished_at - success.started_at) as success_duration,
    coalesce(newer_success.finished_at, rebuild.due_since) as newer_upstream_at
from tasks
inner join ops.run_log as latest
    on
        tasks.dag_id = latest.dag_id
        and tasks.task_id = latest.task_id
        and tasks.logical_date = latest.logical_date
        and tasks.attempt = latest.attempt
left join ops.run_log as success
    on
        tasks.dag_id = success.dag_id
        and tasks.task_id = success.task_id
        and tasks.logical_date = success.logical_date
        and tasks.success_attempt = success.attempt
        and tasks.success_attempt > coalesce(tasks.mark_attempt, 0)
left join lateral (
    select
        upstream.dag_id || '.' || upstream.task_id as task_name,
        upstream.finished_at
    from ops.run_log as upstream
    where
        upstream.logical_date = success.logical_date
        and upstream.status = 'success'
        and upstream.reason is distinct from 'marked'
        and upstream.waits_for is not null
        and upstream.finished_at > success.started_at
        and (
            success.waits_for ? upstream.dag_id
            or success.waits_for ? (upstream.dag_id || '.' || upstream.task_id)
        )
    order by upstream.finished_at desc, upstream.task_id asc
    limit 1
) as newer_success on true
left join ops.rebuild
    on
        tasks.dag_id = rebuild.dag_id
        and tasks.task_id = rebuild.task_id
        and success.started_at < rebuild.due_since
        and not exists (
            select
            from ops.run_log as later_success
            where
                later_success.dag_id = tasks.dag_id
                and later_success.task_id = tasks.task_id
                and later_success.status = 'success'
                and (
                    later_success.logical_date > tasks.logical_date
                    or (
                        later_success.started_at >= rebuild.due_since
                        and later_success.reason is distinct from 'marked'
                    )
                )
        );

comment on view ops.task_state is
'One row per task and date that was ever tried: how it stands. What people see is status, that of the latest attempt; what lets go the tasks that wait for it is has_success. A success is stale, and the task due again, when something that it waited for (waits_for, noted with each attempt, since only the DAGs know) has succeeded for the date again, and ended after this success had begun; or when a migration wants the tables of the task computed anew (ops.rebuild), and it is the latest date that had succeeded before. Marks make nothing stale, and of successes of upstreams only those count that were written since this is so: those with waits_for';
comment on column ops.task_state.newer_upstream is 'The task whose later success makes this one stale, as "dag.task", the last when there are several, or the reason of ops.rebuild; null when it is not stale';
comment on column ops.task_state.newer_upstream_at is 'When that success ended, or since when the tables are to be computed anew';

select
    sum(migration_counts.copies_hashed)::bigint as copies_hashed,
    sum(migration_counts.equal_keys_removed)::bigint as equal_keys_removed,
    sum(migration_counts.repeats_removed)::bigint as repeats_removed
from migration_counts;
