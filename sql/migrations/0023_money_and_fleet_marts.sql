-- What:  the marts of money, fleet and today, what they are built from, and the state of all of them at the end
--        of any day
-- Data:  the days of fleet usage are computed anew by the next run, with two more columns; dates whose facts had
--        succeeded stay succeeded

-- Fleet usage knows how many charged days a day carries, and whether its price is unknown.

alter table dds.fact_fleet_usage_day add column charged_days integer not null default 0;
alter table dds.fact_fleet_usage_day add column is_unpriced boolean not null default false;

comment on column dds.fact_fleet_usage_day.charged_days is 'Charged days that fall on the day: one of each booking that covers it, on the last day of a booking what is left of its rental_days (0, 1 or 2); double bookings count each';
comment on column dds.fact_fleet_usage_day.is_unpriced is 'Whether the day is rented and none of its bookings has an amount; an amount of 0 is one';

create function dds.charged_days_of_day(
    rental_days integer, first_day date, last_day date, usage_date date
)
returns integer
language sql
immutable
parallel safe
return case
    when usage_date < last_day then 1
    else rental_days - (last_day - first_day)
end;

comment on function dds.charged_days_of_day(integer, date, date, date) is 'The charged days that fall on one of the days that a booking covers: one each, on the last day what is left (0, 1 or 2)';

update ops.watermark
set
    settings = null,
    changed_at = clock_timestamp()
where watermark.name = 'dds.fact_fleet_usage_day';

create table dds.changed_car_day (
    change_seq bigint generated always as identity,
    car_id bigint not null,
    usage_date date not null,
    car_days integer not null default 0,
    rented_days integer not null default 0,
    charged_days integer not null default 0,
    unpriced_days integer not null default 0,
    unattributed_bookings integer not null default 0,
    revenue numeric not null default 0,
    unattributed_revenue numeric not null default 0,
    constraint changed_car_day_pkey primary key (change_seq)
);

comment on table dds.changed_car_day is 'One row per car, day and merge that wrote the day differently in dds.fact_fleet_usage_day or dm.unattributed_booking (car_id 0: a booking without a car), with what its sums grew by; written in the merge''s own transaction, removed once every mart has taken it in';
comment on column dds.changed_car_day.change_seq is 'Rises in commit order: a merge locks the row dds.changed_car_day of ops.watermark before it notes anything, and so does a mart before it reads';

-- A mart that reads the log has a row dm.<mart>/car_days: position is the last change_seq that it took in, and
-- settings are null until it was built.
insert into ops.watermark (name)
values
    ('dds.changed_car_day'),
    ('dm.build'),
    ('dm.unattributed_booking/leads'),
    ('dm.fleet_utilisation_month/car_days'),
    ('dm.revenue_day/car_days'),
    ('dm.revenue_month/car_days'),
    ('dm.booking_pace/leads');

-- What the marts were built with: reports have no settings of the program.

create table dm.build (
    is_only boolean not null default true,
    logical_date date not null,
    last_finished_day date not null,
    business_tz text not null,
    currency text not null,
    pipeline_id bigint,
    grace_minutes integer not null,
    max_horizon_days integer not null,
    first_load_day date,
    constraint build_pkey primary key (is_only),
    constraint build_one_row check (is_only)
);

comment on table dm.build is 'One row, of the newest build: the day it stands for and the settings it was made with. Not a figure';
comment on column dm.build.is_only is 'Always true: there is one row';
comment on column dm.build.logical_date is 'The newest logical date that the marts were built for';
comment on column dm.build.last_finished_day is 'The last finished day: the one before logical_date. Figures "so far" count days up to it';
comment on column dm.build.business_tz is 'Time zone in which days are days (BUSINESS_TZ)';
comment on column dm.build.currency is 'Currency of all money (CURRENCY)';
comment on column dm.build.pipeline_id is 'The rental pipeline (AMO_PIPELINE); null before its statuses are known';
comment on column dm.build.grace_minutes is 'Minutes that a rental may end late without another charged day, and a car be late without being overdue (GRACE_MINUTES)';
comment on column dm.build.max_horizon_days is 'Days past the logical date that are built (MAX_HORIZON_DAYS)';
comment on column dm.build.first_load_day is 'Day of the first load: before it nothing is known of how bookings stood';

-- One definition each of what marts and the state of a day both ask.

create function dds.first_as_of(moment timestamptz, business_tz text)
returns date
language sql
immutable
parallel safe
return ((moment + interval '0.999999 seconds') at time zone business_tz)::date;

comment on function dds.first_as_of(timestamptz, text) is 'The first day whose state, that of one second before the midnight that follows, includes what began at a moment';

create function dds.share_of_days(
    amount numeric, first_day date, last_day date, from_day date, to_day date
)
returns numeric
language sql
immutable
parallel safe
return case
    when greatest(first_day, from_day) > least(last_day, to_day) then 0
    else
        trunc(amount / (last_day - first_day + 1), 2)
        * (least(last_day, to_day) - greatest(first_day, from_day))
        + dds.share_of_day(amount, first_day, last_day, least(last_day, to_day))
end;

comment on function dds.share_of_days(numeric, date, date, date, date) is 'The part of a booking''s amount that falls on those of its days that lie in a period: the sum of dds.share_of_day';

create function dds.unattributed_part(
    booking dds.fact_rentals,
    business_tz text,
    horizon_from date,
    horizon_to date,
    out usage_date date,
    out revenue numeric,
    out is_beyond_horizon boolean
)
language sql
immutable
parallel safe
as $$
    with days as (
        select
            dds.first_booked_day(
                booking.rental_start, booking.rental_end, business_tz
            ) as first_day,
            dds.last_booked_day(
                booking.rental_start, booking.rental_end, business_tz
            ) as last_day,
            (
                coalesce(
                    booking.rental_start, booking.rental_end, booking.confirmed_at,
                    booking.created_at, booking.updated_at
                ) at time zone business_tz
            )::date as own_day,
            (
                coalesce(booking.created_at, booking.updated_at)
                at time zone business_tz
            )::date as created_day
    ),

    parts as (
        select
            days.*,
            booking.car_id = 0 or booking.amount is null or days.first_day is null
                as is_whole,
            coalesce(
                days.first_day < horizon_from or days.last_day > horizon_to, false
            ) or days.own_day not between horizon_from and horizon_to
                as reaches_out
        from days
    )

    select
        case
            when parts.own_day between horizon_from and horizon_to
                then parts.own_day
            else parts.created_day
        end,
        case
            when parts.is_whole then coalesce(booking.amount, 0)
            else
                booking.amount - dds.share_of_days(
                    booking.amount, parts.first_day, parts.last_day,
                    horizon_from, horizon_to
                )
        end,
        parts.reaches_out
    from parts
    where booking.is_booking and (parts.is_whole or parts.reaches_out)
$$;

comment on function dds.unattributed_part(dds.fact_rentals, text, date, date) is 'What of a booking is in no day of a car, and the one day on which it counts instead; nulls when nothing is';

create function dm.month_so_far(
    month date, last_finished_day date, out days_so_far integer, out is_complete boolean
)
language sql
immutable
parallel safe
as $$
    select
        greatest(
            0,
            least((month + interval '1 month')::date - 1, last_finished_day) - month + 1
        ),
        (month + interval '1 month')::date - 1 <= last_finished_day
$$;

comment on function dm.month_so_far(date, date) is 'How many days of a month are finished, and whether all are';

create function ops.finish_reading(
    reader text, read_to bigint, last_day date, read_with text
)
returns void
language sql
as $$
    update ops.watermark
    set
        position = read_to,
        cursor_day = last_day,
        settings = read_with,
        changed_at = clock_timestamp()
    where
        watermark.name = reader
        and row(watermark.position, watermark.cursor_day, watermark.settings)
        is distinct from row(read_to, last_day, read_with)
$$;

comment on function ops.finish_reading(text, bigint, date, text) is 'Notes how far a mart has read its changes, to which day it goes and with which settings it was built';

create function dds.forget_changed_car_days()
returns bigint
language plpgsql
as $$
declare
    forgotten bigint;
begin
    delete from dds.changed_car_day
    where
        not exists (
            select
            from ops.watermark
            where
                watermark.name like 'dm.%/car_days'
                and watermark.settings is not null
                and watermark.position < changed_car_day.change_seq
        );
    get diagnostics forgotten = row_count;
    return forgotten;
end;
$$;

comment on function dds.forget_changed_car_days() is 'Removes from dds.changed_car_day what every mart has taken in; a mart that was never built needs none. Returns how many rows';

-- Fleet and money.

create table dm.fleet_utilisation_month (
    month date not null,
    level text not null,
    car_id bigint not null,
    model text not null,
    car_days integer not null,
    rented_days integer not null,
    idle_days integer not null,
    longest_idle_run integer not null,
    double_booked_days integer not null,
    utilisation numeric,
    days_so_far integer not null,
    is_complete boolean not null,
    constraint fleet_utilisation_month_pkey primary key (month, level, car_id, model),
    constraint fleet_utilisation_month_level_known check (level in ('car', 'model', 'fleet'))
);

create index fleet_utilisation_month_by_car on dm.fleet_utilisation_month (car_id, month) where level = 'car';

comment on table dm.fleet_utilisation_month is 'One row per month and car, model or fleet: how many of the days that cars were in the fleet were rented. Days up to the last finished one only; a month that has not begun has no row. A model or the fleet: sums over its cars, deleted ones too, and the ratio of the sums. What is known of workshops is nothing, so a day that is not rented is idle, not available';
comment on column dm.fleet_utilisation_month.month is 'First day of the month, in BUSINESS_TZ';
comment on column dm.fleet_utilisation_month.level is 'car, model or fleet';
comment on column dm.fleet_utilisation_month.car_id is 'The car; 0 for a model or the fleet';
comment on column dm.fleet_utilisation_month.model is 'Model of the car as dds.dim_car has it now, (none) without one; empty for the fleet';
comment on column dm.fleet_utilisation_month.car_days is 'Unit: days. Days that the car was in the fleet, booked days outside in_fleet_from .. in_fleet_to too: rows of dds.fact_fleet_usage_day. The day of joining and that of leaving count whole';
comment on column dm.fleet_utilisation_month.rented_days is 'Unit: days. Days of a car that at least one booking covers; a double booking counts once. Excluded: cancelled bookings, bookings without a car or dates';
comment on column dm.fleet_utilisation_month.idle_days is 'Unit: days. car_days - rented_days';
comment on column dm.fleet_utilisation_month.longest_idle_run is 'Unit: days. Longest run of consecutive idle days of one car inside the month (cut at its edges and at the last finished day); of a model or the fleet the longest of its cars; 0 without any';
comment on column dm.fleet_utilisation_month.double_booked_days is 'Unit: days. Days of a car that two or more bookings cover';
comment on column dm.fleet_utilisation_month.utilisation is 'Ratio, 0 to 1. Numerator: rented_days. Denominator: car_days. Null without a car day';
comment on column dm.fleet_utilisation_month.days_so_far is 'Unit: days. Days of the month up to the last finished one';
comment on column dm.fleet_utilisation_month.is_complete is 'Whether the last day of the month is finished';

create table dm.revenue_day (
    usage_date date not null,
    revenue numeric not null,
    rented_days integer not null,
    charged_days integer not null,
    unpriced_days integer not null,
    car_days integer,
    adr numeric,
    rpd numeric,
    revpac numeric,
    unattributed_revenue numeric not null,
    unattributed_bookings integer not null,
    is_ahead boolean not null,
    constraint revenue_day_pkey primary key (usage_date)
);

comment on table dm.revenue_day is 'One row per day of the fleet, from the first day that anything is known of to the last one that is booked: what the bookings bring in that cover it. By what is a booking now: days of cancelled or deleted ones do not count. After the last finished day: what is on the books. revenue + unattributed_revenue of all days = sum of the amounts of all bookings';
comment on column dm.revenue_day.usage_date is 'The day, in BUSINESS_TZ';
comment on column dm.revenue_day.revenue is 'Unit: CURRENCY. Each booking''s amount spread evenly over the days that it covers, in whole cents, the rest on its last day. Excluded: bookings without a car, an amount or dates (unattributed_revenue)';
comment on column dm.revenue_day.rented_days is 'Unit: days of cars. Cars that at least one booking covers; a double booking counts once, though both amounts count. Days rented for an unknown price count';
comment on column dm.revenue_day.charged_days is 'Unit: days of bookings. Each day that a booking covers is one charged day, its last day what is left of rental_days (0, 1 or 2); double bookings count each';
comment on column dm.revenue_day.unpriced_days is 'Unit: days of cars. Rented days on which no booking has an amount: how far adr and rpd are diluted';
comment on column dm.revenue_day.car_days is 'Unit: days of cars. Cars in the fleet; null after the last finished day: not 0, unknown';
comment on column dm.revenue_day.adr is 'Revenue per rented day (ADR). Unit: CURRENCY per day of a car. Numerator: revenue. Denominator: rented_days. Null without a rented day';
comment on column dm.revenue_day.rpd is 'Revenue per charged day (RPD). Unit: CURRENCY per charged day. Numerator: revenue. Denominator: charged_days. Null without a charged day';
comment on column dm.revenue_day.revpac is 'Revenue per car day (RevPAC) = ADR x utilisation. Unit: CURRENCY per day of a car. Numerator: revenue. Denominator: car_days. Null without a car day and after the last finished day';
comment on column dm.revenue_day.unattributed_revenue is 'Unit: CURRENCY. Amounts of bookings that lack a car, an amount or dates, and what falls on days beyond MAX_HORIZON_DAYS: whole on one day, that of rental_start, else rental_end, else confirmed_at, else created_at. In no other column of money';
comment on column dm.revenue_day.unattributed_bookings is 'Unit: bookings. Those of unattributed_revenue, each once however much it lacks';
comment on column dm.revenue_day.is_ahead is 'Whether the day is after the last finished one';

create table dm.revenue_month (
    month date not null,
    level text not null,
    car_id bigint not null,
    model text not null,
    revenue numeric not null,
    rented_days integer not null,
    charged_days integer not null,
    unpriced_days integer not null,
    car_days integer not null,
    unattributed_revenue numeric not null,
    unattributed_bookings integer not null,
    adr numeric,
    rpd numeric,
    revpac numeric,
    utilisation numeric,
    revenue_ahead numeric not null,
    rented_days_ahead integer not null,
    unattributed_revenue_ahead numeric not null,
    unattributed_bookings_ahead integer not null,
    days_so_far integer not null,
    is_complete boolean not null,
    constraint revenue_month_pkey primary key (month, level, car_id, model),
    constraint revenue_month_level_known check (level in ('car', 'model', 'fleet'))
);

create index revenue_month_by_car on dm.revenue_month (car_id, month) where level = 'car';

comment on table dm.revenue_month is 'One row per month and car, model or fleet: what bookings bring in, days up to the last finished one, and in columns of their own (..._ahead) what is on the books for the rest of the month. Months wholly ahead have rows of the cars that are booked, their models and the fleet. A model or the fleet: sums over its cars and ratios of the sums; bookings without a car stand in the row of the fleet only';
comment on column dm.revenue_month.month is 'First day of the month, in BUSINESS_TZ';
comment on column dm.revenue_month.level is 'car, model or fleet';
comment on column dm.revenue_month.car_id is 'The car; 0 for a model or the fleet';
comment on column dm.revenue_month.model is 'Model of the car as dds.dim_car has it now, (none) without one; empty for the fleet';
comment on column dm.revenue_month.revenue is 'Unit: CURRENCY. Sum of amount_share of dds.fact_fleet_usage_day over the days up to the last finished one. Excluded: unattributed_revenue, revenue_ahead';
comment on column dm.revenue_month.rented_days is 'Unit: days of cars. Days up to the last finished one that at least one booking covers; a double booking counts once';
comment on column dm.revenue_month.charged_days is 'Unit: days of bookings. One of each day that a booking covers, on its last day what is left of rental_days; double bookings count each; up to the last finished day';
comment on column dm.revenue_month.unpriced_days is 'Unit: days of cars. Rented days on which no booking has an amount; up to the last finished day';
comment on column dm.revenue_month.car_days is 'Unit: days of cars. Days in the fleet up to the last finished one';
comment on column dm.revenue_month.unattributed_revenue is 'Unit: CURRENCY. Amounts of bookings that lack a car, an amount or dates, and shares beyond MAX_HORIZON_DAYS, whose day (start, else end, else confirmation, else creation) is up to the last finished one; of a car its own bookings';
comment on column dm.revenue_month.unattributed_bookings is 'Unit: bookings. Those of unattributed_revenue, each once';
comment on column dm.revenue_month.adr is 'Revenue per rented day (ADR). Unit: CURRENCY per day of a car. Numerator: revenue. Denominator: rented_days. Null without a rented day';
comment on column dm.revenue_month.rpd is 'Revenue per charged day (RPD). Unit: CURRENCY per charged day. Numerator: revenue. Denominator: charged_days. Null without a charged day';
comment on column dm.revenue_month.revpac is 'Revenue per car day (RevPAC) = ADR x utilisation. Unit: CURRENCY per day of a car. Numerator: revenue. Denominator: car_days. Null without a car day';
comment on column dm.revenue_month.utilisation is 'Ratio, 0 to 1. Numerator: rented_days. Denominator: car_days. Null without a car day';
comment on column dm.revenue_month.revenue_ahead is 'Unit: CURRENCY. As revenue, for the days after the last finished one: on the books';
comment on column dm.revenue_month.rented_days_ahead is 'Unit: days of cars. As rented_days, for the days after the last finished one';
comment on column dm.revenue_month.unattributed_revenue_ahead is 'Unit: CURRENCY. As unattributed_revenue, for the days after the last finished one';
comment on column dm.revenue_month.unattributed_bookings_ahead is 'Unit: bookings. Those of unattributed_revenue_ahead';
comment on column dm.revenue_month.days_so_far is 'Unit: days. Days of the month up to the last finished one';
comment on column dm.revenue_month.is_complete is 'Whether the last day of the month is finished';

create table dm.unattributed_booking (
    lead_id bigint not null,
    car_id bigint not null,
    usage_date date not null,
    revenue numeric not null,
    is_beyond_horizon boolean not null,
    constraint unattributed_booking_pkey primary key (lead_id)
);

create index unattributed_booking_by_date on dm.unattributed_booking (usage_date);
create index unattributed_booking_by_car on dm.unattributed_booking (car_id, usage_date);
create index unattributed_booking_beyond on dm.unattributed_booking (lead_id) where is_beyond_horizon;

comment on table dm.unattributed_booking is 'One row per booking behind unattributed_revenue: it lacks a car, an amount or dates, or reaches beyond MAX_HORIZON_DAYS';
comment on column dm.unattributed_booking.lead_id is 'The lead in amoCRM';
comment on column dm.unattributed_booking.car_id is 'Its car; 0 when it lacks one';
comment on column dm.unattributed_booking.usage_date is 'The one day that it counts on: that of rental_start, else rental_end, else confirmed_at, else created_at; that of created_at too where the day lies beyond the horizon';
comment on column dm.unattributed_booking.revenue is 'Unit: CURRENCY. Its amount, 0 without one; of a booking that lacks nothing, the shares of the days beyond the horizon alone';
comment on column dm.unattributed_booking.is_beyond_horizon is 'Whether one of its dates lies beyond the horizon';

-- Pace.

create table dm.booking_pace (
    as_of date not null,
    stay_date date not null,
    booked_days integer not null,
    revenue numeric not null,
    pickup_1_days integer,
    pickup_1_revenue numeric,
    pickup_7_days integer,
    pickup_7_revenue numeric,
    pickup_28_days integer,
    pickup_28_revenue numeric,
    last_year_days integer,
    last_year_revenue numeric,
    constraint booking_pace_pkey primary key (as_of, stay_date)
);

create index booking_pace_by_stay_date on dm.booking_pace (stay_date, as_of);

comment on table dm.booking_pace is 'One row per as_of (each of the last 60 finished days, none before the first load) and later day: what was on the books for it at the end of as_of, by what is known now. A row where this state or one that it is compared with has something on the day, so a cancelled booking shows as 0 with a pickup below 0. Booking-days: with or without a car, double bookings twice; they need not equal rented_days';
comment on column dm.booking_pace.as_of is 'The day at the end of which it stood so: one second before the midnight that follows, in BUSINESS_TZ';
comment on column dm.booking_pace.stay_date is 'The later day that bookings cover, within MAX_HORIZON_DAYS';
comment on column dm.booking_pace.booked_days is 'Unit: booking-days. Bookings that covered stay_date in the state of as_of: live, in the rental pipeline, in a booked stage by the dictionary of now. Excluded: bookings without dates';
comment on column dm.booking_pace.revenue is 'Unit: CURRENCY. Their amounts'' shares of the day, by the rule of amount_share; 0 without an amount';
comment on column dm.booking_pace.pickup_1_days is 'Unit: booking-days. booked_days less those at the end of the day before as_of; null before the first load';
comment on column dm.booking_pace.pickup_1_revenue is 'Unit: CURRENCY. revenue less that at the end of the day before as_of; null before the first load';
comment on column dm.booking_pace.pickup_7_days is 'Unit: booking-days. booked_days less those 7 days before as_of; null before the first load';
comment on column dm.booking_pace.pickup_7_revenue is 'Unit: CURRENCY. revenue less that 7 days before as_of; null before the first load';
comment on column dm.booking_pace.pickup_28_days is 'Unit: booking-days. booked_days less those 28 days before as_of; null before the first load';
comment on column dm.booking_pace.pickup_28_revenue is 'Unit: CURRENCY. revenue less that 28 days before as_of; null before the first load';
comment on column dm.booking_pace.last_year_days is 'Unit: booking-days. booked_days of the day 364 days before stay_date (the same weekday) as it stood 364 days before as_of; null before the first load';
comment on column dm.booking_pace.last_year_revenue is 'Unit: CURRENCY. revenue of the day 364 days before stay_date as it stood 364 days before as_of; null before the first load';

create table dds.booked_version (
    lead_id bigint not null,
    valid_from timestamptz not null,
    first_as_of date not null,
    gone_as_of date,
    first_day date not null,
    last_day date not null,
    amount numeric not null,
    constraint booked_version_pkey primary key (lead_id, valid_from)
);

create index booked_version_by_last_day on dds.booked_version (last_day);

comment on table dds.booked_version is 'One row per version of a lead in which it was a booking with dates, as far as pace looks back: written by build_booking_pace, which compares it with what the history says now';
comment on column dds.booked_version.first_as_of is 'The first day at whose end it stood so';
comment on column dds.booked_version.gone_as_of is 'The first day at whose end it did no longer; null for the open version';
comment on column dds.booked_version.amount is 'In CURRENCY; 0 without an amount';

create table dds.booked_step (
    stay_date date not null,
    as_of date not null,
    booked_days integer not null,
    revenue numeric not null,
    constraint booked_step_pkey primary key (stay_date, as_of)
);

comment on table dds.booked_step is 'One row per day that bookings cover and day that changed what is on the books for it: by how much. What stood at the end of a day is the sum of the steps up to it; written by build_booking_pace from dds.booked_version';

-- The state of all this at the end of any day, by what is known now. These functions run with the rights of their
-- owner, because reports may read neither history nor settings.

create function dm.end_of_day(day date)
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select ((day + 1)::timestamp at time zone build.business_tz) - interval '1 second'
    from dm.build
$$;

comment on function dm.end_of_day(date) is 'The moment at which the state of a day is taken: one second before the midnight that follows, in BUSINESS_TZ';

create function dm.rentals_as_of(as_of date, from_day date, to_day date)
returns table (
    lead_id bigint, car_id bigint, client_id bigint, stage text, status_id bigint, amount numeric,
    rental_days integer, rental_start timestamptz, rental_end timestamptz,
    confirmed_at timestamptz, created_at timestamptz, first_day date, last_day date
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select null::bigint, null::bigint, null::bigint, null::text, null::bigint, null::numeric, null::integer, null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz, null::date, null::date where false $$;

create function dm.fleet_usage_as_of(as_of date, from_day date, to_day date)
returns table (
    car_id bigint, plate text, rentals_cnt integer, lead_ids bigint[], amount_share numeric,
    charged_days integer, is_rented boolean, is_double_booked boolean, is_unpriced boolean, usage_date date
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select null::bigint, null::text, null::integer, null::bigint[], null::numeric, null::integer, null::boolean, null::boolean, null::boolean, null::date where false $$;

create function dm.fleet_utilisation_as_of(as_of date, from_month date, to_month date)
returns setof dm.fleet_utilisation_month
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.fleet_utilisation_month where false $$;

create function dm.revenue_day_as_of(as_of date, from_day date, to_day date)
returns setof dm.revenue_day
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.revenue_day where false $$;

create function dm.revenue_month_as_of(as_of date, from_month date, to_month date)
returns setof dm.revenue_month
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.revenue_month where false $$;

create function dm.unattributed_booking_as_of(as_of date, from_day date, to_day date)
returns setof dm.unattributed_booking
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.unattributed_booking where false $$;

create function dm.booking_pace_as_of(as_of date, from_day date, to_day date)
returns setof dm.booking_pace
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.booking_pace where false $$;

create function dm.today_at(moment timestamptz)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select null::text, null::bigint, null::bigint, null::date, null::boolean where false $$;

create function dm.today_as_of(as_of date)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select * from dm.today_at(dm.end_of_day(as_of)) $$;

create view dm.today as select * from dm.today_at(now());

-- Who may run the functions of dm: the roles that read its tables, and nobody else.

alter function ops.grant_roles() rename to grant_tables;

comment on function ops.grant_tables() is 'What ops.grant_roles() does about roles and tables';

create function ops.grant_roles() returns text
language plpgsql
as $$
declare
    missing constant text := ops.grant_tables();
    routine regprocedure;
    role_name text;
begin
    for routine in
        select pg_proc.oid::regprocedure
        from pg_proc
        where pg_proc.pronamespace = 'dm'::regnamespace
    loop
        begin
            execute format('revoke execute on function %s from public', routine);
            for role_name in
                select pg_roles.rolname
                from pg_roles
                where pg_roles.rolname in ('rental_etl', 'rental_bi', 'rental_look')
            loop
                execute format('grant execute on function %s to %I', routine, role_name);
            end loop;
        exception
            when insufficient_privilege then
                null; -- only the owner of the warehouse gives rights to it
        end;
    end loop;
    return missing;
end;
$$;

comment on function ops.grant_roles() is
'Makes the roles rental_etl (writes), rental_bi (reads dict, dds, dm) and rental_look (reads everything) where it may, gives them their rights on tables and on the functions of dm, and returns those that are missing; null when none is';

select ops.grant_roles();

-- Dates whose facts had succeeded need no marts of their own: the next run builds them from everything. A mark counts
-- as a success and makes nothing stale.

insert into ops.run_log (
    run_id, dag_id, task_id, logical_date, attempt, status, worker, reason,
    started_at, finished_at, heartbeat_at
)
select
    gen_random_uuid() as run_id,
    'daily_build_dm' as dag_id,
    tasks.task_id,
    facts.logical_date,
    1 as attempt,
    'success' as status,
    'upgrade' as worker,
    'marked' as reason,
    facts.succeeded_at as started_at,
    facts.succeeded_at as finished_at,
    facts.succeeded_at as heartbeat_at
from (
    select
        task_state.logical_date,
        max(task_state.succeeded_at) as succeeded_at
    from ops.task_state
    where
        task_state.dag_id = 'daily_build_dds_fact'
        and task_state.has_success
        and task_state.task_id in (
            'merge_fact_lead_status_change', 'merge_fact_rentals',
            'merge_fact_fleet_usage_day', 'merge_dim_date'
        )
    group by task_state.logical_date
    having count(*) = 4
) as facts
cross join (
    values
    ('remember_build'), ('build_unattributed_booking'), ('build_fleet_utilisation_month'),
    ('build_revenue_day'), ('build_revenue_month'), ('build_booking_pace'), ('forget_changes')
) as tasks (task_id)
on conflict do nothing;
