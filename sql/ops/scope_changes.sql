-- What:  lets checks name every kind of changed record, also those that the task had none of
-- Grain: one row
-- Reads: nothing
--
-- A merge leaves changed_leads, changed_clients, changed_cars or changed_car_days behind
-- until its transaction ends: what it took in. A check joins them, so that it costs as much as
-- the day's changes.

create temporary table if not exists changed_leads (
    id bigint not null
) on commit drop;

create temporary table if not exists changed_clients (
    id bigint not null
) on commit drop;

create temporary table if not exists changed_cars (
    id bigint not null
) on commit drop;

create temporary table if not exists changed_car_days (
    car_id bigint not null,
    usage_date date not null
) on commit drop;

-- Whose dates the calendar has taken in.
create temporary table if not exists dated_leads (
    id bigint not null
) on commit drop;

-- What is stored of them, for the checks of a fact, which all look at the same rows.
create temporary table if not exists changed_rentals (
    like dds.fact_rentals
) on commit drop;

create temporary table if not exists changed_days (
    like dds.fact_fleet_usage_day
) on commit drop;

-- Filled by scope_days.sql.
create temporary table if not exists suspect_days (
    like dds.fact_fleet_usage_day
) on commit drop;

create temporary table if not exists listed_rentals (
    lead_id bigint not null,
    car_id bigint not null,
    is_booking boolean not null,
    amount numeric not null,
    first_day date,
    last_day date
) on commit drop;

select
    exists (select from changed_leads)::integer as leads,
    exists (select from changed_clients)::integer as clients,
    exists (select from changed_cars)::integer as cars,
    exists (select from changed_car_days)::integer as car_days;
