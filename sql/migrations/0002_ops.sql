-- What:  bookkeeping of runs: the run log, watermarks and check results

create table ops.run_log (
    run_id uuid not null,
    dag_id text not null,
    task_id text not null,
    logical_date date not null,
    attempt integer not null,
    status text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    heartbeat_at timestamptz not null default clock_timestamp(),
    worker text not null,
    rows_read bigint,
    rows_written bigint,
    metrics jsonb,
    error text,
    constraint run_log_pkey primary key (dag_id, task_id, logical_date, attempt),
    constraint run_log_status_known check (
        status in ('waiting', 'running', 'success', 'failed', 'upstream_failed', 'skipped')
    ),
    constraint run_log_attempt_positive check (attempt > 0),
    constraint run_log_finished_when_over check (
        (status in ('waiting', 'running')) = (finished_at is null)
    )
);

-- The claim: at most one attempt of a task is under way for a date, whatever the number of workers.
create unique index run_log_one_claim
on ops.run_log (dag_id, task_id, logical_date)
where status in ('waiting', 'running');

create index run_log_by_date on ops.run_log (logical_date, dag_id);
create index run_log_by_run on ops.run_log (run_id);

comment on table ops.run_log is 'One row per (dag_id, task_id, logical_date, attempt): the only truth about runs';
comment on column ops.run_log.logical_date is 'Calendar date in BUSINESS_TZ that the run is about';
comment on column ops.run_log.heartbeat_at is 'Last sign of life of the worker, by the clock of the database';
comment on column ops.run_log.metrics is 'What the task measured of itself: the last select of its SQL file, or the counts of an extract';

create table ops.watermark (
    name text not null,
    position bigint not null default 0,
    cursor_at timestamptz,
    cursor_day date,
    settings text,
    changed_at timestamptz not null default clock_timestamp(),
    constraint watermark_pkey primary key (name)
);

comment on table ops.watermark is 'How far each reader has come; its row is locked by whoever writes or reads that far, so nothing is passed over';
comment on column ops.watermark.position is 'The last stg landed_seq (or dictionary changed_seq) that was taken in';
comment on column ops.watermark.settings is 'Settings the rows were computed with: when they change, everything is computed again';

insert into ops.watermark (name)
values
    ('stg.stg_leads'),
    ('stg.stg_clients'),
    ('stg.stg_cars'),
    ('dict.dict_status_leads'),
    ('ods.ods_leads_hist'),
    ('ods.ods_clients_hist'),
    ('ods.ods_cars_hist'),
    ('dds.dim_car'),
    ('dds.dim_client'),
    ('dds.fact_rentals'),
    ('dds.fact_rentals/cars'),
    ('dds.fact_rentals/clients'),
    ('dds.fact_rentals/statuses'),
    ('dds.fact_lead_status_change'),
    ('dds.fact_fleet_usage_day'),
    ('dds.fact_fleet_usage_day/cars');

create table ops.check_result (
    run_id uuid not null,
    check_name text not null,
    table_name text not null,
    severity text not null,
    offenders bigint not null,
    sample jsonb,
    checked_at timestamptz not null default clock_timestamp(),
    constraint check_result_pkey primary key (run_id, check_name),
    constraint check_result_severity_known check (severity in ('error', 'warn'))
);

comment on table ops.check_result is 'One row per check and run; offenders = 0 means that it passed';
