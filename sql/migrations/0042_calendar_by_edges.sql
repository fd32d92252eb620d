-- What:  what the calendar asks in one place each: its bookings, and the free cars of the days from today on, counted
--        where days of cars begin and end instead of day by day

create function dm.calendar_rentals(
    as_of date, from_day date, to_day date, only_cars bigint[] default null
)
returns table (
    lead_id bigint, car_id bigint, client_id bigint, stage text, rental_start timestamptz,
    rental_end timestamptz
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    zone constant text := (select build.business_tz from dm.build);
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
begin
    if as_of is not null then
        return query
        select state.*
        from dm.calendar_rentals_as_of(as_of, from_day, to_day) as state
        where only_cars is null or state.car_id = any(only_cars);
        return;
    end if;
    -- Whatever is out.
    return query
    select
        rentals.lead_id,
        rentals.car_id,
        rentals.client_id,
        rentals.stage,
        rentals.rental_start,
        rentals.rental_end
    from dds.fact_rentals as rentals
    where
        rentals.stage = 'on_rent'
        and (only_cars is null or rentals.car_id = any(only_cars))
        and (
            rentals.rental_end >= from_moment
            and least(rentals.rental_start, rentals.rental_end) < end_moment
        ) is not true;
    if only_cars is null then
        return query
        select
            touching.lead_id,
            touching.car_id,
            touching.client_id,
            touching.stage,
            touching.rental_start,
            touching.rental_end
        from dds.bookings_within(from_moment, end_moment) as touching
        where touching.rental_end >= from_moment;
        return;
    end if;
    -- Of some cars what ends in the period, car by car, and what goes on after it: so the cost follows both.
    return query
    select
        ending.lead_id,
        ending.car_id,
        ending.client_id,
        ending.stage,
        ending.rental_start,
        ending.rental_end
    from unnest(only_cars) as cars (car_id)
    cross join lateral (
        select rentals.*
        from dds.fact_rentals as rentals
        where
            rentals.car_id = cars.car_id
            and rentals.rental_end >= from_moment
            and rentals.rental_end < end_moment
            and rentals.is_booking
        offset 0
    ) as ending
    union all
    select
        lasting.lead_id,
        lasting.car_id,
        lasting.client_id,
        lasting.stage,
        lasting.rental_start,
        lasting.rental_end
    from dds.bookings_within(end_moment - interval '1 second', end_moment) as lasting
    where lasting.rental_end >= end_moment and lasting.car_id = any(only_cars);
end;
$$;

comment on function dm.calendar_rentals(date, date, date, bigint[]) is 'Bookings that end in a period or after it and begin before its end, and whatever its dates all that is out, as they are now or, where as_of is given, were at the end of that day: as_of or null, first day, last day, ids of cars or null for all, 0 stands for none';

create function dm.free_cars_ahead(
    as_of date, moment timestamptz, from_day date, to_day date, only_cars bigint[] default null
)
returns table (usage_date date, car_days integer, free_cars integer)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    zone constant text := (select build.business_tz from dm.build);
    grace constant interval := (
        select make_interval(mins => build.grace_minutes)
        from dm.build
    );
    today constant date := coalesce(as_of, (moment at time zone zone)::date);
begin
    if from_day > to_day then
        return;
    end if;
    return query
    with fleet as (
        select
            known.car_id,
            daterange(
                greatest(known.joins_on, from_day), least(known.leaves_on, to_day), '[]'
            ) as days
        from dm.fleet_at(moment) as known
        where
            known.is_live
            and (only_cars is null or known.car_id = any(only_cars))
            and greatest(known.joins_on, from_day) <= least(known.leaves_on, to_day)
    ),

    rentals as materialized (
        select state.*
        from dm.calendar_rentals(as_of, from_day, to_day, only_cars) as state
    ),

    out_now as materialized (
        select
            rentals.*,
            (rentals.rental_start at time zone zone)::date as start_day,
            coalesce(
                dds.rental_is_over_at(rentals.rental_end, zone) + grace < moment, false
            ) as is_over
        from rentals
        where rentals.stage = 'on_rent'
    ),

    spans as (
        select
            rentals.car_id,
            dds.first_booked_day(rentals.rental_start, rentals.rental_end, zone) as first_day,
            dds.last_booked_day(rentals.rental_start, rentals.rental_end, zone) as last_day
        from rentals
        where rentals.rental_end >= rentals.rental_start
        union all
        -- What is out holds its car today, without an end also later, and where it is late no day is sure.
        select
            out_now.car_id,
            case
                when out_now.is_over then from_day
                when out_now.rental_end is null then coalesce(out_now.start_day, from_day)
                else today
            end as first_day,
            case when out_now.is_over or out_now.rental_end is null then to_day else today end
                as last_day
        from out_now
        where
            out_now.is_over
            or out_now.rental_end is null
            or out_now.start_day <= today
            or out_now.start_day is null
    ),

    taken as (
        select
            spans.car_id,
            range_agg(daterange(spans.first_day, spans.last_day, '[]')) as days
        from spans
        where spans.first_day <= spans.last_day
        group by spans.car_id
    ),

    -- Cars are counted where their days begin and end, not day by day.
    edges as (
        select
            edge.day,
            edge.step as cars,
            0 as free
        from fleet
        cross join lateral (
            values
            (lower(fleet.days), 1),
            (upper(fleet.days), -1)
        ) as edge (day, step)
        union all
        select
            edge.day,
            0 as cars,
            edge.step as free
        from fleet
        left join taken on fleet.car_id = taken.car_id
        cross join lateral unnest(
            datemultirange(fleet.days) - coalesce(taken.days, datemultirange())
        ) as free_days
        cross join lateral (
            values
            (lower(free_days), 1),
            (upper(free_days), -1)
        ) as edge (day, step)
    ),

    steps as (
        select
            edges.day,
            sum(edges.cars) as cars,
            sum(edges.free) as free
        from edges
        group by edges.day
    )

    select
        calendar.day::date,
        (sum(coalesce(steps.cars, 0)) over (order by calendar.day))::integer,
        (sum(coalesce(steps.free, 0)) over (order by calendar.day))::integer
    from generate_series(
        from_day::timestamp, to_day::timestamp, interval '1 day'
    ) as calendar (day)
    left join steps on calendar.day::date = steps.day;
end;
$$;

comment on function dm.free_cars_ahead(date, timestamptz, date, date, bigint[]) is 'How many cars are in the fleet and how many of them are free, by the rule of dm.today''s free cars, on each day of a period that is not finished: as_of or null, the moment, first day, last day, ids of cars or null for all';

select ops.grant_roles();
