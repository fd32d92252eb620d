-- What:  the history of leads, clients and cars (SCD-2), and the state at any moment

create function ods.lookup_key(value text)
returns text
language sql
immutable
parallel safe
return nullif(regexp_replace(upper(value), '[[:space:]-]', '', 'g'), '');

comment on function ods.lookup_key(text) is 'A plate or licence as look-ups compare it: upper case, without blanks and hyphens; null when nothing is left';

create table ods.ods_leads_hist (
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
    rental_start timestamptz,
    rental_end timestamptz,
    closed_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    is_current boolean not null,
    closed_by text,
    load_date date not null,
    constraint ods_leads_hist_pkey primary key (id, valid_from),
    constraint ods_leads_hist_interval_forward check (valid_to > valid_from),
    constraint ods_leads_hist_current_is_open check (is_current = (valid_to is null)),
    constraint ods_leads_hist_closed_by_known check (closed_by in ('only_deleted', 'event', 'absence')),
    constraint ods_leads_hist_closed_by_only_when_closed check (not is_current or closed_by is null)
);

create unique index ods_leads_hist_one_current on ods.ods_leads_hist (id) where is_current;
create index ods_leads_hist_by_plate on ods.ods_leads_hist (ods.lookup_key(plate)) where is_current;
create index ods_leads_hist_by_license on ods.ods_leads_hist (ods.lookup_key(license)) where is_current;
create index ods_leads_hist_by_car_element on ods.ods_leads_hist (car_element_id) where is_current;
create index ods_leads_hist_by_client_element on ods.ods_leads_hist (client_element_id) where is_current;
create index ods_leads_hist_by_rental_start on ods.ods_leads_hist (rental_start) where is_current;

comment on table ods.ods_leads_hist is 'One row per version of a lead, valid in [valid_from, valid_to)';
comment on column ods.ods_leads_hist.updated_at is 'updated_at of the copy that opened the version';
comment on column ods.ods_leads_hist.closed_by is 'How a deletion that closed the version was seen; null when the next version closed it';

create table ods.ods_clients_hist (
    id bigint not null,
    client_name text,
    gender text,
    phone text,
    email text,
    nationality text,
    license text,
    birth_date date,
    created_at timestamptz,
    updated_at timestamptz not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    is_current boolean not null,
    closed_by text,
    load_date date not null,
    constraint ods_clients_hist_pkey primary key (id, valid_from),
    constraint ods_clients_hist_interval_forward check (valid_to > valid_from),
    constraint ods_clients_hist_current_is_open check (is_current = (valid_to is null)),
    constraint ods_clients_hist_closed_by_known check (closed_by in ('only_deleted', 'event', 'absence')),
    constraint ods_clients_hist_closed_by_only_when_closed check (not is_current or closed_by is null)
);

create unique index ods_clients_hist_one_current on ods.ods_clients_hist (id) where is_current;
create index ods_clients_hist_by_license on ods.ods_clients_hist (ods.lookup_key(license));

comment on table ods.ods_clients_hist is 'One row per version of a client, valid in [valid_from, valid_to)';

create table ods.ods_cars_hist (
    id bigint not null,
    model text,
    color text,
    plate text,
    vin text,
    year integer,
    dailyrate numeric,
    created_at timestamptz,
    updated_at timestamptz not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    is_current boolean not null,
    closed_by text,
    load_date date not null,
    constraint ods_cars_hist_pkey primary key (id, valid_from),
    constraint ods_cars_hist_interval_forward check (valid_to > valid_from),
    constraint ods_cars_hist_current_is_open check (is_current = (valid_to is null)),
    constraint ods_cars_hist_closed_by_known check (closed_by in ('only_deleted', 'event', 'absence')),
    constraint ods_cars_hist_closed_by_only_when_closed check (not is_current or closed_by is null)
);

create unique index ods_cars_hist_one_current on ods.ods_cars_hist (id) where is_current;
create index ods_cars_hist_by_plate on ods.ods_cars_hist (ods.lookup_key(plate));

comment on table ods.ods_cars_hist is 'One row per version of a car, valid in [valid_from, valid_to)';

create function ods.leads_as_of(moment timestamptz)
returns setof ods.ods_leads_hist
language sql
stable
begin atomic
    select ods_leads_hist.*
    from ods.ods_leads_hist
    where
        ods_leads_hist.valid_from <= moment
        and (ods_leads_hist.valid_to > moment or ods_leads_hist.valid_to is null);
end;

comment on function ods.leads_as_of(timestamptz) is 'The leads that existed at a moment, each in its state of then';

create function ods.clients_as_of(moment timestamptz)
returns setof ods.ods_clients_hist
language sql
stable
begin atomic
    select ods_clients_hist.*
    from ods.ods_clients_hist
    where
        ods_clients_hist.valid_from <= moment
        and (ods_clients_hist.valid_to > moment or ods_clients_hist.valid_to is null);
end;

comment on function ods.clients_as_of(timestamptz) is 'The clients that existed at a moment, each in its state of then';

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
