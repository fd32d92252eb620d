-- What:  what today asks for, from the facts alone where it is about the present, and with hand-overs whose first
--        rental ended before today

-- The days ahead on which cars are booked twice, among millions of others.
create index fact_fleet_usage_day_doubles
on dds.fact_fleet_usage_day (usage_date)
where is_double_booked;

create or replace function dds.bookings_at(
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
        -- Lead by lead, or a merge would walk through the present versions of all; and of most that were booked
        -- then the rental is not worth reading, for they have changed since.
        cross join lateral (
            select
            from ods.ods_leads_hist as hist
            where
                hist.id = wanted.lead_id
                and hist.is_current
                and hist.valid_from <= moment
            offset 0
        ) as unchanged
        cross join lateral (
            select present.*
            from dds.fact_rentals as present
            where present.lead_id = wanted.lead_id
            offset 0
        ) as rentals
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

create function dds.bookings_within(from_moment timestamptz, end_moment timestamptz)
returns setof dds.fact_rentals
language sql
stable
parallel safe
as $$
    select touching.*
    from generate_series(0, 36) as classes (class)
    -- "offset 0": class by class, or the planner would read all rentals.
    cross join lateral (
        select rentals.*
        from dds.fact_rentals as rentals
        where
            rentals.is_booking
            and dds.span_class(
                least(rentals.rental_start, rentals.rental_end),
                greatest(rentals.rental_start, rentals.rental_end)
            ) = classes.class
            and (
                least(rentals.rental_start, rentals.rental_end)
                >= dds.span_reach(from_moment, classes.class)
            )
            and least(rentals.rental_start, rentals.rental_end) < end_moment
            and greatest(rentals.rental_start, rentals.rental_end) >= from_moment
        offset 0
    ) as touching
$$;

comment on function dds.bookings_within(timestamptz, timestamptz) is 'Rows of dds.fact_rentals as they are now: bookings whose dates reach into a span of time, its end not included';

create function dds.open_bookings(from_moment timestamptz)
returns setof dds.fact_rentals
language sql
stable
parallel safe
as $$
    select touching.*
    from dds.bookings_within(from_moment, 'infinity') as touching
    union all
    select rentals.*
    from dds.fact_rentals as rentals
    where
        rentals.stage in ('confirmed', 'on_rent')
        and (
            rentals.is_booking
            and greatest(rentals.rental_start, rentals.rental_end) >= from_moment
        ) is not true
$$;

comment on function dds.open_bookings(timestamptz) is 'Rows of dds.fact_rentals as they are now: bookings that are not over at a moment by one of their dates, and whatever their dates all in confirmed or on_rent';

create function dds.ended_bookings(
    moment timestamptz, is_present boolean, car_ids bigint[], days date[]
)
returns setof dds.fact_rentals
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
begin
    if cardinality(car_ids) = 0 then
        return;
    end if;
    return query
    with wanted as (
        select
            asked.car_id,
            asked.day::timestamp at time zone zone as from_moment,
            (asked.day + 1)::timestamp at time zone zone as end_moment
        from unnest(car_ids, days) as asked (car_id, day)
    )

    select ended.*
    from wanted
    cross join lateral (
        select rentals.*
        from dds.fact_rentals as rentals
        where
            rentals.car_id = wanted.car_id
            and rentals.rental_end >= wanted.from_moment
            and rentals.rental_end < wanted.end_moment
            and rentals.is_booking
        offset 0
    ) as ended
    where
        is_present
        or exists (
            select
            from ods.ods_leads_hist as hist
            where
                hist.id = ended.lead_id
                and hist.is_current
                and hist.valid_from <= moment
        );
    if is_present then
        return;
    end if;
    return query
    select past.*
    from (
        select
            min(wanted.day)::timestamp at time zone zone as from_moment,
            (max(wanted.day) + 1)::timestamp at time zone zone as end_moment
        from unnest(days) as wanted (day)
    ) as asked
    cross join lateral dds.past_bookings_at(
        moment, asked.from_moment, asked.end_moment, false, null, false
    ) as past
    where
        (past.car_id, (past.rental_end at time zone zone)::date) in (
            select
                wanted.car_id,
                wanted.day
            from unnest(car_ids, days) as wanted (car_id, day)
        );
end;
$$;

comment on function dds.ended_bookings(timestamptz, boolean, bigint[], date[]) is 'Bookings of cars that were to end on a day, for pairs of car and day: as they are now, or as they were at a moment';

create function dds.today_of(moment timestamptz, is_present boolean)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language plpgsql
stable
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
    with found as (
        select rentals.*
        from dds.open_bookings(today::timestamp at time zone zone) as rentals
        where is_present
        union all
        select rentals.*
        from dds.bookings_at(moment, today, horizon_to, true) as rentals
        where not is_present
    ),

    dated as (
        select
            found.lead_id,
            found.car_id,
            found.stage,
            found.rental_start,
            found.rental_end,
            (found.rental_start at time zone zone)::date as start_day,
            (found.rental_end at time zone zone)::date as end_day
        from found
    ),

    -- The days that a booking covers are those of dds.first_booked_day() and dds.last_booked_day().
    bookings as materialized (
        select
            dated.*,
            case when dated.rental_end >= dated.rental_start then dated.start_day end
                as first_day,
            case
                when dated.rental_end >= dated.rental_start
                    then greatest(dated.start_day, dated.end_day - 1)
            end as last_day,
            -- No end counts for longer than its day.
            dated.rental_end + grace < moment
            and dds.rental_is_over_at(dated.rental_end, zone) + grace < moment as is_late
        from dated
    ),

    double_days as (
        select
            usage.car_id,
            usage.usage_date,
            usage.lead_ids
        from dds.fact_fleet_usage_day as usage
        where is_present and usage.is_double_booked and usage.usage_date >= today
        union all
        select
            bookings.car_id,
            greatest(bookings.first_day, today) + calendar.place,
            array_agg(bookings.lead_id)
        from bookings
        cross join lateral generate_series(
            0, least(bookings.last_day, horizon_to) - greatest(bookings.first_day, today)
        ) as calendar (place)
        where
            not is_present
            and bookings.car_id <> 0
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
        group by 1, 2
        having count(*) > 1
    ),

    -- Of two that share no day and overlap in time, the first ends on the day on which the second begins.
    ended as materialized (
        select
            before.lead_id,
            before.car_id,
            before.rental_end,
            (before.rental_end at time zone zone)::date as end_day,
            dds.last_booked_day(before.rental_start, before.rental_end, zone) as last_day
        from (
            select
                coalesce(array_agg(bookings.car_id), '{}') as car_ids,
                coalesce(array_agg(bookings.first_day), '{}') as days
            from bookings
            where
                bookings.car_id <> 0
                and bookings.first_day < today
                and bookings.end_day >= today
        ) as out_since
        cross join lateral dds.ended_bookings(
            moment, is_present, out_since.car_ids, out_since.days
        ) as before
        union
        select
            bookings.lead_id,
            bookings.car_id,
            bookings.rental_end,
            bookings.end_day,
            bookings.last_day
        from bookings
        where bookings.car_id <> 0
    ),

    clashes as (
        select
            ended.lead_id as first_lead,
            bookings.lead_id as second_lead,
            bookings.car_id,
            bookings.start_day
        from ended
        inner join bookings
            on ended.car_id = bookings.car_id and ended.end_day = bookings.first_day
        where
            ended.last_day < bookings.first_day
            and dds.rental_is_over_at(ended.rental_end, zone) > bookings.rental_start
            -- Two dates without a time say nothing of the hours.
            and not (
                dds.wall_clock(ended.rental_end, zone)::time = '00:00'
                and dds.wall_clock(bookings.rental_start, zone)::time = '00:00'
            )
            and (
                dds.rental_is_over_at(ended.rental_end, zone) > moment
                or dds.rental_is_over_at(bookings.rental_end, zone) > moment
            )
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

    taken as (
        select
            bookings.car_id,
            greatest(bookings.first_day, today) + calendar.place as usage_date
        from bookings
        cross join lateral generate_series(
            0, least(bookings.last_day, today + 7) - greatest(bookings.first_day, today)
        ) as calendar (place)
        where bookings.first_day <= today + 7 and bookings.last_day >= today
        union all
        select
            bookings.car_id,
            today + calendar.place
        from bookings
        inner join generate_series(0, 7) as calendar (place)
            on
                bookings.is_late
                or (
                    (bookings.rental_end is null or calendar.place = 0)
                    and (
                        bookings.start_day <= today + calendar.place
                        or bookings.start_day is null
                    )
                )
        where bookings.stage = 'on_rent'
    ),

    free_days as (
        select
            cars.car_id,
            today + calendar.place as usage_date
        from cars
        inner join generate_series(0, 7) as calendar (place)
            on today + calendar.place between cars.joins_on and cars.leaves_on
        where
            not exists (
                select
                from taken
                where
                    taken.car_id = cars.car_id
                    and taken.usage_date = today + calendar.place
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
        'overdue', bookings.lead_id, bookings.car_id, bookings.end_day, null::boolean
    from bookings
    where bookings.stage = 'on_rent' and bookings.is_late
    union all
    select
        'unassigned', bookings.lead_id, bookings.car_id, bookings.start_day,
        null::boolean
    from bookings
    where
        bookings.car_id = 0
        and bookings.stage in ('confirmed', 'on_rent')
        and (
            bookings.rental_end is null
            or dds.rental_is_over_at(bookings.rental_end, zone) >= moment
        )
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
        (bookings.stage = 'confirmed' and bookings.is_late)
        or (bookings.stage <> 'confirmed' and bookings.start_day > today)
        or (bookings.stage = 'on_rent' and bookings.rental_end is null)
    union all
    select
        'free_car', null::bigint, free_days.car_id, free_days.usage_date,
        null::boolean
    from free_days;
end;
$$;

comment on function dds.today_of(timestamptz, boolean) is 'Rows of dm.today at a moment: by the facts as they are, or as they were then';

create or replace function dm.today_at(moment timestamptz)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select found.*
    from dds.today_of(moment, true) as found
$$;

comment on function dm.today_at(timestamptz) is 'Rows of dm.today at a moment, by the facts as they are';

create or replace function dm.today_as_of(as_of date)
returns table (kind text, lead_id bigint, car_id bigint, usage_date date, is_done boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select found.*
    from dds.today_of(dm.end_of_day(as_of), false) as found
$$;

select ops.grant_roles();
