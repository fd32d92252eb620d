-- What:  landed copies of leads, clients and cars, the events of the CRM, and what did not parse
-- landed_seq rises in commit order (a load locks its row of ops.watermark first), so a reader that
-- remembers the last one it took in misses nothing.

create table stg.stg_leads (
    id bigint not null,
    pipeline_id bigint,
    status_id bigint,
    responsible_user_id bigint,
    loss_reason_id bigint,
    car_element_id bigint,
    client_element_id bigint,
    name text,
    model text,
    plate text,
    client_name text,
    license text,
    budget numeric,
    dailyrate numeric,
    is_deleted boolean not null default false,
    deleted_by text,
    rental_start timestamptz,
    rental_end timestamptz,
    closed_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz not null,
    payload jsonb not null,
    row_hash text not null,
    observed_at timestamptz not null,
    run_id uuid not null,
    load_date date not null,
    landed_seq bigint generated always as identity,
    constraint stg_leads_pkey primary key (id, updated_at, row_hash),
    constraint stg_leads_deleted_by_known check (deleted_by in ('only_deleted', 'event', 'absence')),
    constraint stg_leads_deleted_by_only_when_deleted check (is_deleted or deleted_by is null)
);

create index stg_leads_by_landed_seq on stg.stg_leads (landed_seq);

comment on table stg.stg_leads is 'One row per distinct observed state of a lead; never updated, never deleted';
comment on column stg.stg_leads.budget is 'The price of the lead, in CURRENCY';
comment on column stg.stg_leads.dailyrate is 'Rate of one rental day, in CURRENCY';
comment on column stg.stg_leads.car_element_id is 'Linked element of the cars catalog; 0 when two or more different ones are linked';
comment on column stg.stg_leads.client_element_id is 'Linked element of the clients catalog; 0 when two or more different ones are linked';
comment on column stg.stg_leads.deleted_by is 'How a deletion was seen: only_deleted (the trash), event, or absence from a complete scan';
comment on column stg.stg_leads.payload is 'The whole record as the CRM gave it';
comment on column stg.stg_leads.observed_at is 'When the CRM showed this state, by the clock of the CRM';

create table stg.stg_clients (
    id bigint not null,
    client_name text,
    gender text,
    phone text,
    email text,
    nationality text,
    license text,
    is_deleted boolean not null default false,
    deleted_by text,
    birth_date date,
    created_at timestamptz,
    updated_at timestamptz not null,
    payload jsonb not null,
    row_hash text not null,
    observed_at timestamptz not null,
    run_id uuid not null,
    load_date date not null,
    landed_seq bigint generated always as identity,
    constraint stg_clients_pkey primary key (id, updated_at, row_hash),
    constraint stg_clients_deleted_by_known check (deleted_by in ('only_deleted', 'event', 'absence')),
    constraint stg_clients_deleted_by_only_when_deleted check (is_deleted or deleted_by is null)
);

create index stg_clients_by_landed_seq on stg.stg_clients (landed_seq);

comment on table stg.stg_clients is 'One row per distinct observed state of an element of the clients catalog';

create table stg.stg_cars (
    id bigint not null,
    model text,
    color text,
    plate text,
    vin text,
    year integer,
    dailyrate numeric,
    is_deleted boolean not null default false,
    deleted_by text,
    created_at timestamptz,
    updated_at timestamptz not null,
    payload jsonb not null,
    row_hash text not null,
    observed_at timestamptz not null,
    run_id uuid not null,
    load_date date not null,
    landed_seq bigint generated always as identity,
    constraint stg_cars_pkey primary key (id, updated_at, row_hash),
    constraint stg_cars_deleted_by_known check (deleted_by in ('only_deleted', 'event', 'absence')),
    constraint stg_cars_deleted_by_only_when_deleted check (is_deleted or deleted_by is null)
);

create index stg_cars_by_landed_seq on stg.stg_cars (landed_seq);

comment on table stg.stg_cars is 'One row per distinct observed state of an element of the cars catalog';

create table stg.stg_lead_events (
    id text not null,
    lead_id bigint not null,
    type text not null,
    created_at timestamptz not null,
    before jsonb not null default '[]',
    after jsonb not null default '[]',
    run_id uuid not null,
    load_date date not null,
    landed_seq bigint generated always as identity,
    constraint stg_lead_events_pkey primary key (id)
);

create index stg_lead_events_by_landed_seq on stg.stg_lead_events (landed_seq);
create index stg_lead_events_by_lead on stg.stg_lead_events (lead_id, created_at);

comment on table stg.stg_lead_events is 'One row per event of a lead as the CRM recorded it';

create table stg.rejected (
    entity_id bigint,
    entity text not null,
    field text,
    raw text not null,
    reason text not null,
    raw_hash text not null,
    run_id uuid not null,
    rejected_at timestamptz not null default clock_timestamp(),
    constraint rejected_once unique nulls not distinct (entity, entity_id, field, raw_hash)
);

comment on table stg.rejected is 'One row per value (field given) or record (field null) that did not parse';
