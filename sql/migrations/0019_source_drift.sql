-- What:  the fields, options, pipelines and stages of the account as they were looked at last, and how they changed

create table ops.source_schema (
    source text not null,
    kind text not null,
    key text not null,
    name text not null,
    type text,
    code text,
    constraint source_schema_pkey primary key (source, kind, key),
    constraint source_schema_source_known check (source in ('leads', 'clients', 'cars', 'statuses')),
    constraint source_schema_kind_known check (kind in ('field', 'option', 'pipeline', 'stage'))
);

comment on table ops.source_schema is 'The account as it was looked at last: one row per field, option of a field that fills a column, pipeline or stage';
comment on column ops.source_schema.key is 'Its id in the account; of an option or a stage behind that of its field or pipeline: 7:12';

create table ops.source_drift (
    drift_id bigint generated always as identity,
    source text not null,
    kind text not null,
    key text not null,
    change text not null,
    was text,
    became text,
    advice text not null,
    waits text[] not null,
    run_id uuid not null,
    noticed_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz,
    constraint source_drift_pkey primary key (drift_id),
    constraint source_drift_change_known check (change in ('appeared', 'changed', 'vanished'))
);

create index source_drift_open on ops.source_drift (source) where settled_at is null;

comment on table ops.source_drift is 'One row per change of a field, option, pipeline or stage of the account, told once';
comment on column ops.source_drift.advice is 'The line to change, or that there is none';
comment on column ops.source_drift.waits is 'Columns without a field, or stage, until somebody acts; empty when nothing waits';
comment on column ops.source_drift.settled_at is 'When nothing waited any more: at once where nothing did';
