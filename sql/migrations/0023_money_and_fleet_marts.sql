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
    ('dm.booking_pace/leads'),
    ('dm.booking_pace/horizon');

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
                trim_scale(
                    booking.amount - dds.share_of_days(
                        booking.amount, parts.first_day, parts.last_day,
                        horizon_from, horizon_to
                    )
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

-- Spans in time by the power of two that their length stays below: with it a plain index finds those that reach
-- into a moment or a period, however long some are.

create function dds.span_class(span_start timestamptz, span_end timestamptz)
returns integer
language sql
immutable
parallel safe
return least(
    36,
    ceil(
        ln(greatest(1, extract(epoch from span_end - span_start)::double precision))
        / ln(2::double precision)
    )
)::integer;

comment on function dds.span_class(timestamptz, timestamptz) is 'The power of two that the seconds of a span do not exceed; 36 for all that are longer than 1,000 years';

create function dds.span_reach(moment timestamptz, class integer)
returns timestamptz
language sql
immutable
parallel safe
return case
    when class >= 36 or not isfinite(moment) then '-infinity'::timestamptz
    else moment - make_interval(secs => 2::double precision ^ class + 1)
end;

comment on function dds.span_reach(timestamptz, integer) is 'Where a span of a class begins at the earliest that reaches to a moment';

create index ods_leads_hist_past_by_span
on ods.ods_leads_hist (dds.span_class(valid_from, valid_to), valid_from)
where not is_current;

create index fact_rentals_by_span
on dds.fact_rentals (
    dds.span_class(least(rental_start, rental_end), greatest(rental_start, rental_end)),
    least(rental_start, rental_end)
)
where is_booking;

create index fact_rentals_without_dates
on dds.fact_rentals (lead_id)
where is_booking and rental_start is null and rental_end is null;

create index fact_rentals_open
on dds.fact_rentals (stage)
where stage in ('confirmed', 'on_rent');

create function dds.car_bearing(wanted_key text, moment timestamptz)
returns bigint
language sql
stable
as $$
    with bearers as (
        select
            ods_cars_hist.id,
            ods.lookup_key(ods_cars_hist.plate) as key,
            ods_cars_hist.valid_to,
            case
                when lag(ods_cars_hist.valid_from) over history is null
                    then least(ods_cars_hist.created_at, ods_cars_hist.valid_from)
                else ods_cars_hist.valid_from
            end as bears_from
        from ods.ods_cars_hist
        where
            ods_cars_hist.id in (
                select cars.id
                from ods.ods_cars_hist as cars
                where ods.lookup_key(cars.plate) = wanted_key
            )
        window history as (
            partition by ods_cars_hist.id
            order by ods_cars_hist.valid_from
        )
    ),

    candidates as (
        select
            bearers.id,
            bool_or(
                bearers.bears_from <= moment
                and (bearers.valid_to > moment or bearers.valid_to is null)
            ) as bore_it_then
        from bearers
        where bearers.key = wanted_key
        group by bearers.id
    )

    select
        case
            when count(*) filter (where candidates.bore_it_then) = 1
                then min(candidates.id) filter (where candidates.bore_it_then)
            when not bool_or(candidates.bore_it_then) and count(*) = 1
                then min(candidates.id)
            else 0
        end
    from candidates
$$;

comment on function dds.car_bearing(text, timestamptz) is 'The car that bore a key of a plate at a moment, else the only one that ever did, else 0: the look-up of dds.fact_rentals for one lead';

create function dds.client_bearing(wanted_key text, moment timestamptz)
returns bigint
language sql
stable
as $$
    with bearers as (
        select
            ods_clients_hist.id,
            ods.lookup_key(ods_clients_hist.license) as key,
            ods_clients_hist.valid_to,
            case
                when lag(ods_clients_hist.valid_from) over history is null
                    then least(ods_clients_hist.created_at, ods_clients_hist.valid_from)
                else ods_clients_hist.valid_from
            end as bears_from
        from ods.ods_clients_hist
        where
            ods_clients_hist.id in (
                select clients.id
                from ods.ods_clients_hist as clients
                where ods.lookup_key(clients.license) = wanted_key
            )
        window history as (
            partition by ods_clients_hist.id
            order by ods_clients_hist.valid_from
        )
    ),

    candidates as (
        select
            bearers.id,
            bool_or(
                bearers.bears_from <= moment
                and (bearers.valid_to > moment or bearers.valid_to is null)
            ) as bore_it_then
        from bearers
        where bearers.key = wanted_key
        group by bearers.id
    )

    select
        case
            when count(*) filter (where candidates.bore_it_then) = 1
                then min(candidates.id) filter (where candidates.bore_it_then)
            when not bool_or(candidates.bore_it_then) and count(*) = 1
                then min(candidates.id)
            else 0
        end
    from candidates
$$;

comment on function dds.client_bearing(text, timestamptz) is 'The client who bore a key of a licence at a moment, else the only one that ever did, else 0: the look-up of dds.fact_rentals for one lead';

create function dds.given_at(
    wanted_id bigint, up_to timestamptz, kind text, wanted_key text
)
returns timestamptz
language sql
stable
as $$
    select
        min(versions.valid_from) filter (
            where
                versions.valid_from
                > coalesce(versions.last_other_at, '-infinity'::timestamptz)
        )
    from (
        select
            ods_leads_hist.valid_from,
            max(ods_leads_hist.valid_from) filter (
                where
                    ods.lookup_key(
                        case kind
                            when 'car' then ods_leads_hist.plate
                            else ods_leads_hist.license
                        end
                    ) is distinct from wanted_key
            ) over () as last_other_at
        from ods.ods_leads_hist
        where
            ods_leads_hist.id = wanted_id
            and ods_leads_hist.valid_from <= up_to
    ) as versions
$$;

comment on function dds.given_at(bigint, timestamptz, text, text) is 'When a lead was given the plate (kind car) or licence (client) that it had in a version: at the first one, or the first after the last with another key';

create function dds.horizon(out first_day date, out last_day date)
language sql
stable
as $$
    select
        first_done.cursor_day,
        newest_done.cursor_day + build.max_horizon_days
    from ops.watermark as first_done
    cross join ops.watermark as newest_done
    cross join dm.build
    where
        first_done.name = 'dds.fact_fleet_usage_day/first_day'
        and newest_done.name = 'dds.fact_fleet_usage_day'
$$;

comment on function dds.horizon() is 'The first and the last day that the days of cars are built for';

create function dds.past_bookings_at(
    moment timestamptz, from_moment timestamptz, end_moment timestamptz,
    with_open boolean, only_cars bigint[]
)
returns setof dds.fact_rentals
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
begin
    -- Leads that were bookings then and have changed since.
    return query
    with statuses as materialized (
        select
            dict_status_leads.status_id,
            dict_status_leads.status_name,
            dict_status_leads.stage
        from dm.build
        inner join dict.dict_status_leads
            on build.pipeline_id = dict_status_leads.pipeline_id
        where
            dict_status_leads.stage in ('confirmed', 'on_rent', 'returned', 'closed')
        union all
        select
            142 as status_id,
            dict.unknown_status_name(142) as status_name,
            dict.unknown_status_stage(142) as stage
        from dm.build
        where
            not exists (
                select
                from dict.dict_status_leads
                where
                    dict_status_leads.pipeline_id = build.pipeline_id
                    and dict_status_leads.status_id = 142
            )
    ),

    bounds as materialized (
        select
            build.*,
            horizon.first_day::timestamp at time zone build.business_tz
                as horizon_moment,
            (horizon.last_day + 1)::timestamp at time zone build.business_tz
                as horizon_end
        from dm.build
        cross join dds.horizon() as horizon
    ),

    versions as materialized (
        select
            hist.*,
            statuses.status_name,
            statuses.stage,
            dds.rental_days(
                hist.rental_start, hist.rental_end, bounds.business_tz,
                bounds.grace_minutes
            ) as rental_days
        from bounds
        cross join generate_series(0, 36) as classes (class)
        -- "offset 0" keeps the planner to the index of spans, class by class: it cannot know how few
        -- versions a moment has, and would read them all.
        cross join lateral (
            select past.*
            from ods.ods_leads_hist as past
            where
                not past.is_current
                and dds.span_class(past.valid_from, past.valid_to) = classes.class
                and past.valid_from >= dds.span_reach(moment, classes.class)
                and past.valid_from <= moment
                and past.valid_to > moment
                and past.pipeline_id = bounds.pipeline_id
            offset 0
        ) as hist
        inner join statuses on hist.status_id = statuses.status_id
        where
            only_cars is not null
            or (with_open and statuses.stage in ('confirmed', 'on_rent'))
            or coalesce(hist.rental_start, hist.rental_end) is null
            or (
                least(hist.rental_start, hist.rental_end) < end_moment
                and greatest(hist.rental_start, hist.rental_end) >= from_moment
            )
            or least(hist.rental_start, hist.rental_end) < bounds.horizon_moment
            or least(hist.rental_start, hist.rental_end) >= bounds.horizon_end
    ),

    linked as (
        select
            versions.*,
            case
                when
                    versions.car_element_id = 0
                    or exists (
                        select
                        from ods.ods_cars_hist
                        where ods_cars_hist.id = versions.car_element_id
                    )
                    then versions.car_element_id
                when ods.lookup_key(versions.plate) is not null
                    then dds.car_bearing(
                        ods.lookup_key(versions.plate),
                        dds.given_at(
                            versions.id, versions.valid_from, 'car',
                            ods.lookup_key(versions.plate)
                        )
                    )
                else 0
            end as car_id
        from versions
    )

    select
        linked.id,
        linked.car_id,
        case
            when
                linked.client_element_id = 0
                or exists (
                    select
                    from ods.ods_clients_hist
                    where ods_clients_hist.id = linked.client_element_id
                )
                then linked.client_element_id
            when ods.lookup_key(linked.license) is not null
                then dds.client_bearing(
                    ods.lookup_key(linked.license),
                    dds.given_at(
                        linked.id, linked.valid_from, 'client',
                        ods.lookup_key(linked.license)
                    )
                )
            else 0
        end,
        linked.pipeline_id,
        linked.status_id,
        linked.status_name,
        linked.stage,
        linked.rental_days,
        linked.dailyrate,
        linked.budget,
        case
            when linked.budget > 0 then linked.budget
            else linked.dailyrate * linked.rental_days
        end,
        true,
        false,
        linked.rental_start,
        linked.rental_end,
        linked.closed_at,
        linked.created_at,
        linked.updated_at,
        linked.load_date,
        confirmation.confirmed_at
    from linked
    cross join lateral (
        select
            least(
                min(fact_lead_status_change.change_ts),
                (
                    select coalesce(linked.created_at, linked.valid_from)
                    from dds.lead_first_status
                    inner join statuses
                        on lead_first_status.status_id = statuses.status_id
                    where
                        lead_first_status.lead_id = linked.id
                        and lead_first_status.pipeline_id = linked.pipeline_id
                )
            ) as confirmed_at
        from dds.fact_lead_status_change
        inner join statuses
            on fact_lead_status_change.to_status_id = statuses.status_id
        where
            fact_lead_status_change.lead_id = linked.id
            and fact_lead_status_change.to_pipeline_id = linked.pipeline_id
            and fact_lead_status_change.change_ts <= moment
    ) as confirmation
    where only_cars is null or linked.car_id = any(only_cars);
end;
$$;

comment on function dds.past_bookings_at(timestamptz, timestamptz, timestamptz, boolean, bigint[]) is 'What of dds.bookings_at() has changed since';

create function dds.bookings_at(
    moment timestamptz, from_day date, to_day date, with_open boolean default false,
    only_cars bigint[] default null
)
returns setof dds.fact_rentals
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
    horizon_moment constant timestamptz := (
        select horizon.first_day::timestamp at time zone zone
        from dds.horizon() as horizon
    );
    horizon_end constant timestamptz := (
        select (horizon.last_day + 1)::timestamp at time zone zone
        from dds.horizon() as horizon
    );
begin
    return query
    with wanted as materialized (
        select rentals.lead_id
        from generate_series(0, 36) as classes (class)
        -- "offset 0": as above, class by class.
        cross join lateral (
            select touching.lead_id
            from dds.fact_rentals as touching
            where
                touching.is_booking
                and dds.span_class(
                    least(touching.rental_start, touching.rental_end),
                    greatest(touching.rental_start, touching.rental_end)
                ) = classes.class
                and (
                    least(touching.rental_start, touching.rental_end)
                    >= dds.span_reach(from_moment, classes.class)
                )
                and least(touching.rental_start, touching.rental_end) < end_moment
                and greatest(touching.rental_start, touching.rental_end) >= from_moment
            offset 0
        ) as rentals
        where only_cars is null
        union
        -- What begins beyond the horizon counts on the day of its creation.
        select rentals.lead_id
        from generate_series(0, 36) as classes (class)
        cross join lateral (
            select beyond.lead_id
            from dds.fact_rentals as beyond
            where
                beyond.is_booking
                and dds.span_class(
                    least(beyond.rental_start, beyond.rental_end),
                    greatest(beyond.rental_start, beyond.rental_end)
                ) = classes.class
                and least(beyond.rental_start, beyond.rental_end) < horizon_moment
            offset 0
        ) as rentals
        where only_cars is null
        union
        select rentals.lead_id
        from generate_series(0, 36) as classes (class)
        cross join lateral (
            select beyond.lead_id
            from dds.fact_rentals as beyond
            where
                beyond.is_booking
                and dds.span_class(
                    least(beyond.rental_start, beyond.rental_end),
                    greatest(beyond.rental_start, beyond.rental_end)
                ) = classes.class
                and least(beyond.rental_start, beyond.rental_end) >= horizon_end
            offset 0
        ) as rentals
        where only_cars is null
        union
        select rentals.lead_id
        from dds.fact_rentals as rentals
        where
            rentals.is_booking
            and rentals.rental_start is null
            and rentals.rental_end is null
            and only_cars is null
        union
        select rentals.lead_id
        from dds.fact_rentals as rentals
        where rentals.stage in ('confirmed', 'on_rent') and with_open
        union
        select rentals.lead_id
        from dds.fact_rentals as rentals
        where rentals.is_booking and rentals.car_id = any(only_cars)
    ),

    bookings as (
        select
            rentals.lead_id,
            rentals.car_id,
            rentals.client_id,
            rentals.pipeline_id,
            rentals.status_id,
            rentals.status_name,
            rentals.stage,
            rentals.rental_days,
            rentals.dailyrate,
            rentals.budget,
            rentals.amount,
            rentals.is_booking,
            rentals.is_cancelled,
            rentals.rental_start,
            rentals.rental_end,
            rentals.closed_at,
            rentals.created_at,
            rentals.updated_at,
            rentals.load_date,
            case when rentals.confirmed_at <= moment then rentals.confirmed_at end
                as confirmed_at
        from wanted
        inner join dds.fact_rentals as rentals on wanted.lead_id = rentals.lead_id
        -- Lead by lead, or a merge would walk through the present versions of all.
        cross join lateral (
            select
            from ods.ods_leads_hist as hist
            where
                hist.id = rentals.lead_id
                and hist.is_current
                and hist.valid_from <= moment
            offset 0
        ) as unchanged
        union all
        select past.*
        from dds.past_bookings_at(
            moment, from_moment, end_moment, with_open, only_cars
        ) as past
    )

    select
        bookings.lead_id,
        -- A car that came later was not there.
        coalesce(cars.id, 0) as car_id,
        bookings.client_id,
        bookings.pipeline_id,
        bookings.status_id,
        bookings.status_name,
        bookings.stage,
        bookings.rental_days,
        bookings.dailyrate,
        bookings.budget,
        bookings.amount,
        bookings.is_booking,
        bookings.is_cancelled,
        bookings.rental_start,
        bookings.rental_end,
        bookings.closed_at,
        bookings.created_at,
        bookings.updated_at,
        bookings.load_date,
        bookings.confirmed_at
    from bookings
    left join (
        select distinct ods_cars_hist.id
        from ods.ods_cars_hist
        where ods_cars_hist.valid_from <= moment
    ) as cars on bookings.car_id = cars.id;
end;
$$;

comment on function dds.bookings_at(timestamptz, date, date, boolean, bigint[]) is 'Rows of dds.fact_rentals as they were at a moment: of bookings whose dates reach into a period, that have no date, or one beyond the horizon; with_open: also all in confirmed or on_rent; only_cars: all bookings of these cars instead';

create function dds.car_versions_at(moment timestamptz, business_tz text, up_to date)
returns table (
    car_id bigint, plate text, joins_on date, first_day date, last_day date,
    last_idle_day date
)
language sql
stable
as $$
    with versions as (
        select
            hist.id as car_id,
            hist.plate,
            row_number() over history as place,
            (hist.valid_from at time zone business_tz)::date as opens_on,
            (lead(hist.valid_from) over history at time zone business_tz)::date
                as next_opens_on,
            (
                case when hist.valid_to <= moment then hist.valid_to end
                at time zone business_tz
            )::date as last_valid_on,
            (
                coalesce(
                    last_value(hist.created_at) over whole_history,
                    first_value(hist.valid_from) over whole_history
                ) at time zone business_tz
            )::date as created_on,
            last_value(hist.in_fleet_from) over whole_history as in_fleet_from,
            last_value(hist.in_fleet_to) over whole_history as in_fleet_to
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
        window
            history as (partition by hist.id order by hist.valid_from),
            whole_history as (
                partition by hist.id
                order by hist.valid_from
                rows between unbounded preceding and unbounded following
            )
    )

    select
        versions.car_id,
        versions.plate,
        coalesce(versions.in_fleet_from, versions.created_on),
        case when versions.place = 1 then '-infinity' else versions.opens_on end,
        coalesce(versions.next_opens_on - 1, 'infinity'),
        least(
            versions.next_opens_on - 1, versions.last_valid_on, versions.in_fleet_to,
            up_to
        )
    from versions
    where
        versions.place = 1
        or versions.next_opens_on is null
        or versions.next_opens_on > versions.opens_on
$$;

comment on function dds.car_versions_at(timestamptz, text, date) is 'The versions of cars known at a moment to which days belong: the last one to open on a day or before it is that of the day, the first one stands for the days before it too; and until when each was idle, at the latest up to a day';

create function dds.fleet_usage_at(moment timestamptz, from_day date, to_day date)
returns table (
    car_id bigint, plate text, rentals_cnt integer, lead_ids bigint[], amount_share numeric,
    charged_days integer, is_rented boolean, is_double_booked boolean, is_unpriced boolean,
    usage_date date
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    horizon_from constant date := (select horizon.first_day from dds.horizon() as horizon);
    horizon_to constant date := (select horizon.last_day from dds.horizon() as horizon);
    starts_on constant date := greatest(from_day, horizon_from);
    ends_on constant date := least(to_day, horizon_to);
    -- Those whose days before they joined begin with their first booking.
    late_cars constant bigint[] := (
        select array_agg(distinct versions.car_id)
        from dds.car_versions_at(moment, zone, ends_on) as versions
        where versions.joins_on > starts_on
    );
begin
    return query
    with versions as materialized (
        select car_versions.*
        from dds.car_versions_at(moment, zone, ends_on) as car_versions
    ),

    late_bookings as (
        select
            bookings.car_id,
            min(
                dds.first_booked_day(
                    bookings.rental_start, bookings.rental_end, zone
                )
            ) as first_day
        from dds.bookings_at(moment, null, null, false, late_cars) as bookings
        where
            late_cars is not null
            and dds.last_booked_day(
                bookings.rental_start, bookings.rental_end, zone
            ) >= horizon_from
        group by bookings.car_id
    ),

    idle_days as (
        select
            versions.car_id,
            calendar.day::date as usage_date
        from versions
        left join late_bookings on versions.car_id = late_bookings.car_id
        cross join lateral generate_series(
            greatest(
                starts_on, versions.first_day,
                least(versions.joins_on, late_bookings.first_day)
            )::timestamp,
            versions.last_idle_day::timestamp,
            interval '1 day'
        ) as calendar (day)
        where versions.last_idle_day >= starts_on
    ),

    bookings as (
        select
            found.*,
            dds.first_booked_day(found.rental_start, found.rental_end, zone)
                as first_day,
            dds.last_booked_day(found.rental_start, found.rental_end, zone)
                as last_day
        from dds.bookings_at(moment, from_day, to_day) as found
        where found.car_id <> 0 and found.rental_end >= found.rental_start
    ),

    booked_days as (
        select
            bookings.car_id,
            calendar.day::date as usage_date,
            count(*)::integer as rentals_cnt,
            array_agg(bookings.lead_id order by bookings.lead_id) as lead_ids,
            sum(
                dds.share_of_day(
                    coalesce(bookings.amount, 0), bookings.first_day,
                    bookings.last_day, calendar.day::date
                )
            ) as amount_share,
            sum(
                dds.charged_days_of_day(
                    bookings.rental_days, bookings.first_day, bookings.last_day,
                    calendar.day::date
                )
            )::integer as charged_days,
            bool_and(bookings.amount is null) as is_unpriced
        from bookings
        cross join lateral generate_series(
            greatest(bookings.first_day, starts_on)::timestamp,
            least(bookings.last_day, ends_on)::timestamp,
            interval '1 day'
        ) as calendar (day)
        group by bookings.car_id, calendar.day
    ),

    days as (
        select
            coalesce(idle_days.car_id, booked_days.car_id) as car_id,
            coalesce(idle_days.usage_date, booked_days.usage_date) as usage_date,
            booked_days.rentals_cnt,
            booked_days.lead_ids,
            booked_days.amount_share,
            booked_days.charged_days,
            booked_days.is_unpriced
        from idle_days
        full join booked_days
            on
                idle_days.car_id = booked_days.car_id
                and idle_days.usage_date = booked_days.usage_date
    )

    select
        days.car_id,
        versions.plate,
        coalesce(days.rentals_cnt, 0),
        coalesce(days.lead_ids, '{}'::bigint[]),
        coalesce(days.amount_share, 0),
        coalesce(days.charged_days, 0),
        days.rentals_cnt is not null,
        coalesce(days.rentals_cnt > 1, false),
        coalesce(days.is_unpriced, false),
        days.usage_date
    from days
    inner join versions
        on
            days.car_id = versions.car_id
            and days.usage_date between versions.first_day and versions.last_day;
end;
$$;

comment on function dds.fleet_usage_at(timestamptz, date, date) is 'Rows of dds.fact_fleet_usage_day of a period as they were at a moment; idle days also after the last booked one';

create function dds.unattributed_at(moment timestamptz, from_day date, to_day date)
returns setof dm.unattributed_booking
language sql
stable
as $$
    select
        bookings.lead_id,
        bookings.car_id,
        part.usage_date,
        part.revenue,
        part.is_beyond_horizon
    from dm.build
    cross join dds.horizon() as horizon
    cross join dds.bookings_at(moment, from_day, to_day) as bookings
    cross join lateral dds.unattributed_part(
        bookings, build.business_tz, horizon.first_day, horizon.last_day
    ) as part
    where part.usage_date between from_day and to_day
$$;

comment on function dds.unattributed_at(timestamptz, date, date) is 'Rows of dm.unattributed_booking of a period as they were at a moment';

-- The marts at a moment. last_day is the last finished day then.

create function dds.fleet_utilisation_at(
    moment timestamptz, finished_day date, from_month date, to_month date
)
returns setof dm.fleet_utilisation_month
language sql
stable
as $$
    with days as (
        select
            usage.*,
            date_trunc('month', usage.usage_date)::date as month,
            coalesce(dim_car.model, '(none)') as model,
            usage.usage_date - (
                row_number() over (
                    partition by
                        usage.car_id, date_trunc('month', usage.usage_date),
                        usage.is_rented
                    order by usage.usage_date
                )
            )::integer as island
        from dds.fleet_usage_at(
            moment,
            date_trunc('month', from_month)::date,
            least(
                (date_trunc('month', to_month) + interval '1 month - 1 day')::date,
                finished_day
            )
        ) as usage
        left join dds.dim_car on usage.car_id = dim_car.car_id
    ),

    runs as (
        select
            days.car_id,
            days.model,
            days.month,
            days.is_rented,
            count(*) as days,
            count(*) filter (where days.is_double_booked) as double_booked_days
        from days
        group by days.car_id, days.model, days.month, days.is_rented, days.island
    ),

    sums as (
        select
            months.month::date as month,
            case
                when grouping(runs.car_id) = 0 then 'car'
                when grouping(runs.model) = 0 then 'model'
                else 'fleet'
            end as level,
            runs.car_id,
            runs.model,
            coalesce(sum(runs.days), 0)::integer as car_days,
            coalesce(sum(runs.days) filter (where runs.is_rented), 0)::integer
                as rented_days,
            coalesce(max(runs.days) filter (where not runs.is_rented), 0)::integer
                as longest_idle_run,
            coalesce(sum(runs.double_booked_days), 0)::integer as double_booked_days
        from generate_series(
            date_trunc('month', from_month::timestamp),
            date_trunc('month', least(to_month, finished_day)::timestamp),
            interval '1 month'
        ) as months (month)
        left join runs on months.month::date = runs.month
        group by grouping sets (
            (months.month, runs.car_id, runs.model), (months.month, runs.model),
            (months.month)
        )
        having
            (grouping(runs.model) = 1 and grouping(runs.car_id) = 1)
            or runs.model is not null
    )

    select
        sums.month,
        sums.level,
        case when sums.level = 'car' then sums.car_id else 0 end,
        case when sums.level = 'fleet' then '' else sums.model end,
        sums.car_days,
        sums.rented_days,
        sums.car_days - sums.rented_days,
        sums.longest_idle_run,
        sums.double_booked_days,
        sums.rented_days::numeric / nullif(sums.car_days, 0),
        period.days_so_far,
        period.is_complete
    from sums
    cross join lateral dm.month_so_far(sums.month, finished_day) as period
$$;

comment on function dds.fleet_utilisation_at(timestamptz, date, date, date) is 'Rows of dm.fleet_utilisation_month as they were at a moment: moment, last finished day, first month, last month';

create function dds.revenue_day_at(
    moment timestamptz, finished_day date, from_day date, to_day date
)
returns setof dm.revenue_day
language sql
stable
as $$
    with usage as (
        select
            found.usage_date,
            count(*) as car_days,
            count(*) filter (where found.is_rented) as rented_days,
            sum(found.charged_days) as charged_days,
            count(*) filter (where found.is_unpriced) as unpriced_days,
            trim_scale(sum(found.amount_share)) as revenue
        from dds.fleet_usage_at(moment, from_day, to_day) as found
        group by found.usage_date
    ),

    lacking as (
        select
            found.usage_date,
            count(*) as bookings,
            trim_scale(sum(found.revenue)) as revenue
        from dds.unattributed_at(moment, from_day, to_day) as found
        group by found.usage_date
    ),

    days as (
        select
            calendar.day::date as usage_date,
            calendar.day::date > finished_day as is_ahead,
            coalesce(usage.revenue, 0) as revenue,
            coalesce(usage.rented_days, 0)::integer as rented_days,
            coalesce(usage.charged_days, 0)::integer as charged_days,
            coalesce(usage.unpriced_days, 0)::integer as unpriced_days,
            case
                when calendar.day::date <= finished_day
                    then coalesce(usage.car_days, 0)
            end::integer as car_days,
            coalesce(lacking.revenue, 0) as unattributed_revenue,
            coalesce(lacking.bookings, 0)::integer as unattributed_bookings
        from generate_series(
            from_day::timestamp, to_day::timestamp, interval '1 day'
        ) as calendar (day)
        left join usage on calendar.day::date = usage.usage_date
        left join lacking on calendar.day::date = lacking.usage_date
    )

    select
        days.usage_date,
        days.revenue,
        days.rented_days,
        days.charged_days,
        days.unpriced_days,
        days.car_days,
        days.revenue / nullif(days.rented_days, 0),
        days.revenue / nullif(days.charged_days, 0),
        days.revenue / nullif(days.car_days, 0),
        days.unattributed_revenue,
        days.unattributed_bookings,
        days.is_ahead
    from days
$$;

comment on function dds.revenue_day_at(timestamptz, date, date, date) is 'Rows of dm.revenue_day as they were at a moment, one for each day asked: moment, last finished day, first day, last day';

create function dds.revenue_month_at(
    moment timestamptz, finished_day date, from_month date, to_month date
)
returns setof dm.revenue_month
language sql
stable
as $$
    with bounds as materialized (
        select
            date_trunc('month', from_month)::date as from_day,
            (date_trunc('month', to_month) + interval '1 month - 1 day')::date as to_day
    ),

    parts as (
        select
            usage.car_id,
            usage.usage_date,
            usage.amount_share as revenue,
            usage.is_rented::integer as rented_days,
            usage.charged_days,
            usage.is_unpriced::integer as unpriced_days,
            1 as car_days,
            0 as lacking_revenue,
            0 as lacking_bookings
        from bounds
        cross join dds.fleet_usage_at(moment, bounds.from_day, bounds.to_day) as usage
        union all
        select
            lacking.car_id,
            lacking.usage_date,
            0 as revenue,
            0 as rented_days,
            0 as charged_days,
            0 as unpriced_days,
            0 as car_days,
            lacking.revenue as lacking_revenue,
            1 as lacking_bookings
        from bounds
        cross join
            dds.unattributed_at(moment, bounds.from_day, bounds.to_day) as lacking
    ),

    car_months as (
        select
            date_trunc('month', parts.usage_date)::date as month,
            parts.car_id,
            case when parts.car_id <> 0 then coalesce(dim_car.model, '(none)') end
                as model,
            parts.usage_date > finished_day as is_ahead,
            sum(parts.revenue) as revenue,
            sum(parts.rented_days) as rented_days,
            sum(parts.charged_days) as charged_days,
            sum(parts.unpriced_days) as unpriced_days,
            sum(parts.car_days) as car_days,
            sum(parts.lacking_revenue) as lacking_revenue,
            sum(parts.lacking_bookings) as lacking_bookings
        from parts
        left join dds.dim_car on parts.car_id = dim_car.car_id
        group by
            date_trunc('month', parts.usage_date), parts.car_id, dim_car.model,
            parts.usage_date > finished_day
        -- Idle days ahead are nothing yet.
        having
            parts.usage_date > finished_day is false
            or sum(parts.rented_days) > 0
            or sum(parts.lacking_bookings) > 0
    ),

    sums as (
        select
            months.month::date as month,
            case
                when grouping(cars.car_id) = 0 then 'car'
                when grouping(cars.model) = 0 then 'model'
                else 'fleet'
            end as level,
            cars.car_id,
            cars.model,
            trim_scale(coalesce(sum(cars.revenue) filter (where not cars.is_ahead), 0))
                as revenue,
            coalesce(sum(cars.rented_days) filter (where not cars.is_ahead), 0)::integer
                as rented_days,
            coalesce(sum(cars.charged_days) filter (where not cars.is_ahead), 0)::integer
                as charged_days,
            coalesce(sum(cars.unpriced_days) filter (where not cars.is_ahead), 0)::integer
                as unpriced_days,
            coalesce(sum(cars.car_days) filter (where not cars.is_ahead), 0)::integer
                as car_days,
            trim_scale(
                coalesce(sum(cars.lacking_revenue) filter (where not cars.is_ahead), 0)
            ) as unattributed_revenue,
            coalesce(
                sum(cars.lacking_bookings) filter (where not cars.is_ahead), 0
            )::integer as unattributed_bookings,
            trim_scale(coalesce(sum(cars.revenue) filter (where cars.is_ahead), 0))
                as revenue_ahead,
            coalesce(sum(cars.rented_days) filter (where cars.is_ahead), 0)::integer
                as rented_days_ahead,
            trim_scale(
                coalesce(sum(cars.lacking_revenue) filter (where cars.is_ahead), 0)
            ) as unattributed_revenue_ahead,
            coalesce(
                sum(cars.lacking_bookings) filter (where cars.is_ahead), 0
            )::integer as unattributed_bookings_ahead
        from generate_series(
            date_trunc('month', from_month::timestamp),
            date_trunc('month', to_month::timestamp),
            interval '1 month'
        ) as months (month)
        left join car_months as cars on months.month::date = cars.month
        group by grouping sets (
            (months.month, cars.car_id, cars.model), (months.month, cars.model),
            (months.month)
        )
        having
            (grouping(cars.model) = 1 and grouping(cars.car_id) = 1)
            or cars.model is not null
    )

    select
        sums.month,
        sums.level,
        case when sums.level = 'car' then sums.car_id else 0 end,
        case when sums.level = 'fleet' then '' else sums.model end,
        sums.revenue,
        sums.rented_days,
        sums.charged_days,
        sums.unpriced_days,
        sums.car_days,
        sums.unattributed_revenue,
        sums.unattributed_bookings,
        sums.revenue / nullif(sums.rented_days, 0),
        sums.revenue / nullif(sums.charged_days, 0),
        sums.revenue / nullif(sums.car_days, 0),
        sums.rented_days::numeric / nullif(sums.car_days, 0),
        sums.revenue_ahead,
        sums.rented_days_ahead,
        sums.unattributed_revenue_ahead,
        sums.unattributed_bookings_ahead,
        period.days_so_far,
        period.is_complete
    from sums
    cross join lateral dm.month_so_far(sums.month, finished_day) as period
$$;

comment on function dds.revenue_month_at(timestamptz, date, date, date) is 'Rows of dm.revenue_month as they were at a moment, of the fleet one for each month asked: moment, last finished day, first month, last month';

-- What reports may ask.

create function dm.rentals_as_of(as_of date, from_day date, to_day date)
returns table (
    lead_id bigint, car_id bigint, client_id bigint, stage text, status_id bigint,
    amount numeric, rental_days integer, rental_start timestamptz, rental_end timestamptz,
    confirmed_at timestamptz, created_at timestamptz, first_day date, last_day date
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select
        bookings.lead_id,
        bookings.car_id,
        bookings.client_id,
        bookings.stage,
        bookings.status_id,
        bookings.amount,
        bookings.rental_days,
        bookings.rental_start,
        bookings.rental_end,
        bookings.confirmed_at,
        bookings.created_at,
        dds.first_booked_day(
            bookings.rental_start, bookings.rental_end, build.business_tz
        ),
        dds.last_booked_day(
            bookings.rental_start, bookings.rental_end, build.business_tz
        )
    from dm.build
    cross join dds.bookings_at(dm.end_of_day(as_of), from_day, to_day) as bookings
    where
        (least(bookings.rental_start, bookings.rental_end) at time zone build.business_tz)::date
        <= to_day
        and (
            greatest(bookings.rental_start, bookings.rental_end)
            at time zone build.business_tz
        )::date >= from_day
$$;

comment on function dm.rentals_as_of(date, date, date) is 'Bookings whose dates reach into a period, as they were at the end of a day: as_of, first day, last day. first_day and last_day are the days that a booking covers, null when it covers none';

create function dm.fleet_usage_as_of(as_of date, from_day date, to_day date)
returns table (
    car_id bigint, plate text, rentals_cnt integer, lead_ids bigint[], amount_share numeric,
    charged_days integer, is_rented boolean, is_double_booked boolean, is_unpriced boolean,
    usage_date date
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select usage.*
    from dds.fleet_usage_at(dm.end_of_day(as_of), from_day, to_day) as usage
$$;

comment on function dm.fleet_usage_as_of(date, date, date) is 'Days of cars as in dds.fact_fleet_usage_day, as they were at the end of a day: as_of, first day, last day';

create function dm.unattributed_booking_as_of(as_of date, from_day date, to_day date)
returns setof dm.unattributed_booking
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select lacking.*
    from dds.unattributed_at(dm.end_of_day(as_of), from_day, to_day) as lacking
$$;

comment on function dm.unattributed_booking_as_of(date, date, date) is 'Rows of dm.unattributed_booking of a period, as they were at the end of a day: as_of, first day, last day';

create function dm.fleet_utilisation_as_of(as_of date, from_month date, to_month date)
returns setof dm.fleet_utilisation_month
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.fleet_utilisation_at(
        dm.end_of_day(as_of), as_of, from_month, to_month
    ) as rows
$$;

comment on function dm.fleet_utilisation_as_of(date, date, date) is 'Rows of dm.fleet_utilisation_month as they were at the end of a day, of the fleet one for each month asked that had begun: as_of, first month, last month';

create function dm.revenue_day_as_of(as_of date, from_day date, to_day date)
returns setof dm.revenue_day
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.revenue_day_at(dm.end_of_day(as_of), as_of, from_day, to_day) as rows
$$;

comment on function dm.revenue_day_as_of(date, date, date) is 'Rows of dm.revenue_day as they were at the end of a day, one for each day asked: as_of, first day, last day';

create function dm.revenue_month_as_of(as_of date, from_month date, to_month date)
returns setof dm.revenue_month
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.revenue_month_at(
        dm.end_of_day(as_of), as_of, from_month, to_month
    ) as rows
$$;

comment on function dm.revenue_month_as_of(date, date, date) is 'Rows of dm.revenue_month as they were at the end of a day, of the fleet one for each month asked: as_of, first month, last month';

create function dm.booking_pace_as_of(as_of date, from_day date, to_day date)
returns setof dm.booking_pace
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    with stays as (
        select
            calendar.day::date as stay_date,
            build.first_load_day,
            booking_pace_as_of.as_of - build.first_load_day as age
        from dm.build
        cross join dds.horizon() as horizon
        cross join lateral generate_series(
            greatest(from_day, booking_pace_as_of.as_of + 1)::timestamp,
            least(to_day, horizon.last_day)::timestamp,
            interval '1 day'
        ) as calendar (day)
        where booking_pace_as_of.as_of >= build.first_load_day
    ),

    states as (
        select
            stays.stay_date,
            backs.days_back,
            stays.age >= backs.days_back as is_known,
            coalesce(sum(booked_step.booked_days), 0)::integer as booked_days,
            trim_scale(coalesce(sum(booked_step.revenue), 0)) as revenue
        from stays
        cross join (values (0), (1), (7), (28), (364)) as backs (days_back)
        left join dds.booked_step
            on
                booked_step.stay_date = case
                    when backs.days_back = 364 then stays.stay_date - 364
                    else stays.stay_date
                end
                and booked_step.as_of <= booking_pace_as_of.as_of - backs.days_back
        group by stays.stay_date, stays.age, backs.days_back
    ),

    known as (
        select
            states.stay_date,
            max(states.booked_days) filter (where states.days_back = 0) as days_0,
            max(states.revenue) filter (where states.days_back = 0) as revenue_0,
            max(states.booked_days) filter (where states.days_back = 1) as days_1,
            max(states.revenue) filter (where states.days_back = 1) as revenue_1,
            max(states.booked_days) filter (where states.days_back = 7) as days_7,
            max(states.revenue) filter (where states.days_back = 7) as revenue_7,
            max(states.booked_days) filter (where states.days_back = 28) as days_28,
            max(states.revenue) filter (where states.days_back = 28) as revenue_28,
            max(states.booked_days) filter (where states.days_back = 364) as days_364,
            max(states.revenue) filter (where states.days_back = 364) as revenue_364,
            max(states.booked_days) as most
        from states
        where states.is_known
        group by states.stay_date
    )

    select
        booking_pace_as_of.as_of,
        known.stay_date,
        known.days_0,
        known.revenue_0,
        known.days_0 - known.days_1,
        trim_scale(known.revenue_0 - known.revenue_1),
        known.days_0 - known.days_7,
        trim_scale(known.revenue_0 - known.revenue_7),
        known.days_0 - known.days_28,
        trim_scale(known.revenue_0 - known.revenue_28),
        known.days_364,
        known.revenue_364
    from known
    where known.most > 0
$$;

comment on function dm.booking_pace_as_of(date, date, date) is 'Rows of dm.booking_pace of one as_of, also of one more than 60 days ago: as_of, first stay_date, last stay_date';

-- Today.

create function dds.rental_is_over_at(rental_end timestamptz, business_tz text)
returns timestamptz
language sql
immutable
parallel safe
return case
    when dds.wall_clock(rental_end, business_tz)::time = '00:00'
        then (dds.wall_clock(rental_end, business_tz) + interval '1 day')
            at time zone business_tz
    else rental_end
end;

comment on function dds.rental_is_over_at(timestamptz, text) is 'When a rental is planned to be over: its end; one at midnight is a date without a time and ends with its day';

create function dm.today_at(moment timestamptz)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    zone constant text := (select build.business_tz from dm.build);
    grace constant interval := (
        select make_interval(mins => build.grace_minutes) from dm.build
    );
    today constant date := (moment at time zone zone)::date;
    horizon_to constant date := (select horizon.last_day from dds.horizon() as horizon);
begin
    return query
    with bookings as materialized (
        select
            found.lead_id,
            found.car_id,
            found.stage,
            found.rental_start as starts_at,
            dds.rental_is_over_at(found.rental_end, zone) as ends_at,
            dds.wall_clock(found.rental_start, zone)::time = '00:00' as starts_any_time,
            dds.wall_clock(found.rental_end, zone)::time = '00:00' as ends_any_time,
            (found.rental_start at time zone zone)::date as start_day,
            (found.rental_end at time zone zone)::date as end_day,
            dds.first_booked_day(found.rental_start, found.rental_end, zone)
                as first_day,
            dds.last_booked_day(found.rental_start, found.rental_end, zone)
                as last_day
        from dds.bookings_at(moment, today, horizon_to, true) as found
    ),

    overdue as materialized (
        select bookings.*
        from bookings
        where bookings.stage = 'on_rent' and bookings.ends_at + grace < moment
    ),

    double_days as (
        select
            bookings.car_id,
            calendar.day::date as usage_date,
            array_agg(bookings.lead_id) as lead_ids
        from bookings
        cross join lateral generate_series(
            greatest(bookings.first_day, today)::timestamp,
            least(bookings.last_day, horizon_to)::timestamp,
            interval '1 day'
        ) as calendar (day)
        where
            bookings.car_id <> 0
            and bookings.last_day >= today
            -- Only what shares a day with another is worth the days of it.
            and exists (
                select
                from bookings as others
                where
                    others.car_id = bookings.car_id
                    and others.lead_id <> bookings.lead_id
                    and others.first_day <= bookings.last_day
                    and others.last_day >= bookings.first_day
            )
        group by bookings.car_id, calendar.day
        having count(*) > 1
    ),

    clashes as (
        select
            first_one.lead_id as first_lead,
            second_one.lead_id as second_lead,
            first_one.car_id,
            second_one.start_day
        from bookings as first_one
        inner join bookings as second_one
            on
                first_one.car_id = second_one.car_id
                and first_one.last_day < second_one.first_day
                and first_one.ends_at > second_one.starts_at
        where
            first_one.car_id <> 0
            -- Two dates without a time say nothing of the hours.
            and not (first_one.ends_any_time and second_one.starts_any_time)
            and (first_one.ends_at > moment or second_one.ends_at > moment)
    ),

    cars as (
        select
            cars.id as car_id,
            coalesce(
                cars.in_fleet_from,
                (coalesce(cars.created_at, cars.valid_from) at time zone zone)::date
            ) as joins_on,
            coalesce(cars.in_fleet_to, 'infinity'::date) as leaves_on
        from ods.cars_as_of(moment) as cars
    ),

    free_days as (
        select
            cars.car_id,
            calendar.day::date as usage_date
        from cars
        cross join lateral generate_series(
            greatest(cars.joins_on, today)::timestamp,
            least(cars.leaves_on, today + 7)::timestamp,
            interval '1 day'
        ) as calendar (day)
        where
            not exists (
                select
                from bookings
                where
                    bookings.car_id = cars.car_id
                    and (
                        calendar.day::date between bookings.first_day
                        and bookings.last_day
                        or (
                            bookings.stage = 'on_rent'
                            and (
                                bookings.ends_at + grace < moment
                                or (
                                    bookings.ends_at is null
                                    and (
                                        bookings.start_day <= calendar.day::date
                                        or bookings.start_day is null
                                    )
                                )
                                or (
                                    calendar.day::date = today
                                    and (
                                        bookings.start_day <= today
                                        or bookings.start_day is null
                                    )
                                )
                            )
                        )
                    )
            )
    )

    select
        'out_today', bookings.lead_id, bookings.car_id, today,
        bookings.stage in ('on_rent', 'returned', 'closed')
    from bookings
    where bookings.start_day = today
    union all
    select
        'in_today', bookings.lead_id, bookings.car_id, today,
        bookings.stage in ('returned', 'closed')
    from bookings
    where bookings.end_day = today
    union all
    select
        'overdue', overdue.lead_id, overdue.car_id, overdue.end_day, null::boolean
    from overdue
    union all
    select
        'unassigned', bookings.lead_id, bookings.car_id, bookings.start_day,
        null::boolean
    from bookings
    where
        bookings.stage in ('confirmed', 'on_rent')
        and bookings.car_id = 0
        and (bookings.ends_at >= moment or bookings.ends_at is null)
    union all
    select
        'double_booked', listed.lead_id, double_days.car_id,
        double_days.usage_date, null::boolean
    from double_days
    cross join lateral unnest(double_days.lead_ids) as listed (lead_id)
    union
    select
        'handover_clash', sides.lead_id, clashes.car_id, clashes.start_day,
        null::boolean
    from clashes
    cross join lateral (
        values (clashes.first_lead), (clashes.second_lead)
    ) as sides (lead_id)
    union all
    select
        'contradiction', bookings.lead_id, bookings.car_id,
        case
            when bookings.stage = 'confirmed' then bookings.end_day
            else bookings.start_day
        end,
        null::boolean
    from bookings
    where
        (bookings.stage = 'confirmed' and bookings.ends_at + grace < moment)
        or (bookings.stage <> 'confirmed' and bookings.start_day > today)
        or (bookings.stage = 'on_rent' and bookings.ends_at is null)
    union all
    select
        'free_car', null::bigint, free_days.car_id, free_days.usage_date,
        null::boolean
    from free_days;
end;
$$;

comment on function dm.today_at(timestamptz) is 'Rows of dm.today as they were at a moment';

create function dm.today_as_of(as_of date)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select found.*
    from dm.today_at(dm.end_of_day(as_of)) as found
$$;

comment on function dm.today_as_of(date) is 'Rows of dm.today as they were at the end of a day';

create view dm.today as
select
    found.kind,
    found.lead_id,
    found.car_id,
    found.usage_date,
    found.is_done
from dm.today_at(now()) as found;

comment on view dm.today is 'What today asks for, by the facts as they are now: one row per kind, lead or car, and day. No figure is computed from it';
comment on column dm.today.kind is 'out_today, in_today: a booking, in any booked stage, whose start or end day is today (a same-day rental is in both). overdue: On Rent and the planned end + GRACE_MINUTES has passed; an end at midnight is a date without a time and ends with its day. unassigned: Confirmed or On Rent without a car, its end not past or not known. double_booked: a day from today on that two or more bookings of a car cover, a row for each. handover_clash: two bookings of a car that share no day and overlap in time, one of them not over; two dates without a time are none. contradiction: Confirmed and the end + GRACE_MINUTES has passed; On Rent, Returned or Closed before the day of its start; On Rent without an end. free_car: a live car on today or one of the seven days after it that no booking covers, not overdue, and today held by nothing On Rent; bookings without a car do not lessen it';
comment on column dm.today.lead_id is 'The lead in amoCRM; null of a free car';
comment on column dm.today.car_id is 'The car; 0 without one';
comment on column dm.today.usage_date is 'The day that the row is about: today, the planned end (overdue, Confirmed whose end has passed), the planned start (unassigned, the later one of a clash, other contradictions), the day double booked or free; null where it is not known';
comment on column dm.today.is_done is 'out_today: the car is out or back already (the stage is beyond Confirmed); in_today: it is back (beyond On Rent); null in other kinds';

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
