-- What:  the star schema: dimensions car, client, status, date; facts rentals, status changes, fleet usage

create table dds.dim_car (
    car_id bigint not null,
    model text,
    color text,
    plate text,
    vin text,
    year integer,
    dailyrate numeric,
    is_deleted boolean not null,
    created_at timestamptz,
    updated_at timestamptz,
    load_date date,
    constraint dim_car_pkey primary key (car_id)
);

comment on table dds.dim_car is 'One row per car: its current state, or its last one when it was deleted; 0 is the unknown car';
comment on column dds.dim_car.dailyrate is 'Rate of one rental day, in CURRENCY';

insert into dds.dim_car (car_id, model, plate, is_deleted) values (0, 'Unknown', null, false);

create table dds.dim_client (
    client_id bigint not null,
    client_name text,
    gender text,
    phone text,
    email text,
    nationality text,
    license text,
    is_deleted boolean not null,
    birth_date date,
    created_at timestamptz,
    updated_at timestamptz,
    load_date date,
    constraint dim_client_pkey primary key (client_id)
);

comment on table dds.dim_client is 'One row per client: current state, or the last one when deleted; 0 is the unknown client';

insert into dds.dim_client (client_id, client_name, is_deleted) values (0, 'Unknown', false);

create table dds.dim_status (
    pipeline_id bigint not null,
    status_id bigint not null,
    pipeline_name text not null,
    status_name text not null,
    stage text not null,
    status_sort integer not null,
    is_archive boolean not null,
    load_date date not null,
    constraint dim_status_pkey primary key (pipeline_id, status_id)
);

comment on table dds.dim_status is 'One row per (pipeline, status): 142 and 143 exist in every pipeline';

create table dds.dim_date (
    date_day date not null,
    year integer not null,
    quarter integer not null,
    month integer not null,
    iso_year integer not null,
    iso_week integer not null,
    weekday integer not null,
    is_weekend boolean not null,
    constraint dim_date_pkey primary key (date_day)
);

comment on table dds.dim_date is 'One row per calendar day, from the first rental to a year ahead';
comment on column dds.dim_date.weekday is 'ISO: 1 Monday to 7 Sunday';
comment on column dds.dim_date.is_weekend is 'Whether the weekday is one of WEEKEND_DAYS';

create table dds.fact_rentals (
    lead_id bigint not null,
    car_id bigint not null,
    client_id bigint not null,
    pipeline_id bigint not null,
    status_id bigint,
    status_name text,
    stage text not null,
    rental_days integer,
    dailyrate numeric,
    budget numeric,
    amount numeric,
    is_booking boolean not null,
    is_cancelled boolean not null,
    rental_start timestamptz,
    rental_end timestamptz,
    closed_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz not null,
    load_date date not null,
    constraint fact_rentals_pkey primary key (lead_id)
);

create index fact_rentals_by_status on dds.fact_rentals (pipeline_id, status_id);
create index fact_rentals_by_car on dds.fact_rentals (car_id, rental_end);
create index fact_rentals_by_client on dds.fact_rentals (client_id);
create index fact_rentals_by_booked_end
on dds.fact_rentals (rental_end)
where is_booking and car_id <> 0 and rental_end >= rental_start;

comment on table dds.fact_rentals is 'One row per live lead that is now in the rental pipeline';
comment on column dds.fact_rentals.rental_days is 'max(1, ceil((rental_end - rental_start - GRACE_MINUTES) / 24 h)); null unless both are there and in order';
comment on column dds.fact_rentals.amount is 'Budget when above 0, else dailyrate x rental_days, else null; in CURRENCY';
comment on column dds.fact_rentals.updated_at is 'updated_at of the copy that opened the current version: a touch changes no fact';

create table dds.fact_lead_status_change (
    lead_id bigint not null,
    from_pipeline_id bigint not null,
    from_status_id bigint not null,
    to_pipeline_id bigint not null,
    to_status_id bigint not null,
    source text not null,
    dwell_seconds bigint,
    change_ts timestamptz not null,
    load_date date not null,
    constraint fact_lead_status_change_pkey primary key (
        lead_id, change_ts, to_pipeline_id, to_status_id
    ),
    constraint fact_lead_status_change_source_known check (source in ('event', 'history'))
);

create index fact_lead_status_change_by_ts on dds.fact_lead_status_change (change_ts);

comment on table dds.fact_lead_status_change is 'One row per change of (pipeline, status) of a lead; rows of leads deleted later stay';
comment on column dds.fact_lead_status_change.dwell_seconds is 'Seconds from the entry into the (pipeline, status) that was left; the first one known counts from created_at';

create table dds.fact_fleet_usage_day (
    car_id bigint not null,
    plate text,
    rentals_cnt integer not null,
    lead_ids bigint[] not null,
    amount_share numeric not null,
    is_rented boolean not null,
    is_double_booked boolean not null,
    usage_date date not null,
    load_date date not null,
    constraint fact_fleet_usage_day_pkey primary key (car_id, usage_date),
    constraint fact_fleet_usage_day_car_known check (car_id <> 0)
);

create index fact_fleet_usage_day_by_date on dds.fact_fleet_usage_day (usage_date);

comment on table dds.fact_fleet_usage_day is 'One row per known car and day in BUSINESS_TZ, idle days too, from its creation (or an earlier rental) to the last booked day of any car or the logical date, or to its deletion';
comment on column dds.fact_fleet_usage_day.plate is 'The plate that the car bore when the day ended';
comment on column dds.fact_fleet_usage_day.rentals_cnt is 'Bookings that cover the day: rental_start::date <= day < rental_end::date, a same-day rental its day';
comment on column dds.fact_fleet_usage_day.amount_share is 'Part of the bookings'' amounts that falls on the day, in CURRENCY: even shares in cents, the rest on the last day';

create table dds.fact_fleet_usage_day_pending (
    car_id bigint not null,
    constraint fact_fleet_usage_day_pending_pkey primary key (car_id)
);

comment on table dds.fact_fleet_usage_day_pending is 'Cars whose bookings changed since fleet usage was built: written with fact_rentals, emptied with fleet usage, each in its own transaction';
