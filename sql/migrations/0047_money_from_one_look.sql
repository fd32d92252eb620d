-- What:  money of an earlier day from one look at what has changed since: days, months and compared periods are sums of
--        the same days; bookings of then are looked up once for all that needs them

create function dds.past_bookings_of_days(moment timestamptz, from_day date, to_day date)
returns dds.fact_rentals[]
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    horizon_from constant date := (select horizon.first_day from dds.horizon() as horizon);
    horizon_to constant date := (select horizon.last_day from dds.horizon() as horizon);
    -- The days of a car before it joined begin with its first booking, however long ago that is.
    has_late_cars constant boolean := exists (
        select
        from dds.car_versions_at(moment, zone, least(to_day, horizon_to)) as versions
        where versions.joins_on > greatest(from_day, horizon_from)
    );
begin
    return array(
        select past
        from dds.past_bookings_at(
            moment,
            case
                when has_late_cars then '-infinity'
                else from_day::timestamp at time zone zone
            end,
            (to_day + 1)::timestamp at time zone zone,
            false, null, false
        ) as past
    );
end;
$$;

comment on function dds.past_bookings_of_days(timestamptz, date, date) is 'The bookings of a moment that have changed since, all that one needs to know of them for the days of cars of a period: moment, first day, last day. Without confirmed_at of bookings with dates; there may be some of other days';

drop function dds.fleet_usage_since(timestamptz, date, date, bigint[]);

create function dds.fleet_usage_since(
    moment timestamptz, from_day date, to_day date, only_cars bigint[] default null,
    past_bookings dds.fact_rentals[] default null
)
returns table (
    car_id bigint, plate text, rentals_cnt integer, lead_ids bigint[], amount_share numeric,
    charged_days integer, is_there boolean, is_unpriced boolean, usage_date date
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    zone constant text := (select build.business_tz from dm.build);
    horizon_from constant date := (select horizon.first_day from dds.horizon() as horizon);
    horizon_to constant date := (select horizon.last_day from dds.horizon() as horizon);
    starts_on constant date := greatest(from_day, horizon_from);
    ends_on constant date := least(to_day, horizon_to);
    from_moment constant timestamptz := starts_on::timestamp at time zone zone;
    end_moment constant timestamptz := (ends_on + 1)::timestamp at time zone zone;
    built_to constant date := (
        select watermark.cursor_day
        from ops.watermark
        where watermark.name = 'dds.fact_fleet_usage_day/last_day'
    );
    changed_bookings constant dds.fact_rentals[] := coalesce(
        past_bookings, dds.past_bookings_of_days(moment, from_day, to_day)
    );
begin
    return query
    with versions as materialized (
        select found.*
        from dds.car_versions_at(moment, zone, ends_on) as found
        where only_cars is null or found.car_id = any(only_cars)
    ),

    changed_then as materialized (
        select
            past.lead_id,
            past.car_id,
            past.amount,
            past.rental_days,
            dds.first_booked_day(past.rental_start, past.rental_end, zone) as first_day,
            dds.last_booked_day(past.rental_start, past.rental_end, zone) as last_day
        from unnest(changed_bookings) as past
        where
            past.car_id <> 0
            and past.rental_end >= past.rental_start
            and (only_cars is null or past.car_id = any(only_cars))
    ),

    changed_now as materialized (
        select
            rentals.lead_id,
            rentals.car_id,
            dds.first_booked_day(rentals.rental_start, rentals.rental_end, zone)
                as first_day,
            dds.last_booked_day(rentals.rental_start, rentals.rental_end, zone)
                as last_day
        from ods.ods_leads_hist as hist
        -- Lead by lead ("offset 0"), here and below: a join would read all rentals, or all days of cars.
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where
                found.lead_id = hist.id
                and found.is_booking
                and found.car_id <> 0
                and found.rental_start < end_moment
                and found.rental_end >= greatest(from_moment, found.rental_start)
                and (only_cars is null or found.car_id = any(only_cars))
            offset 0
        ) as rentals
        where
            hist.is_current
            and hist.valid_from > moment
            and hist.rental_start < end_moment
    ),

    -- Nothing of these can be told from what changed.
    other_cars as materialized (
        select unnest(dds.cars_known_otherwise(moment)) as car_id
        union
        select versions.car_id
        from versions
        where
            versions.joins_on > starts_on
            and (
                exists (
                    select
                    from dds.fact_fleet_usage_day as usage
                    where
                        usage.car_id = versions.car_id
                        and usage.usage_date < versions.joins_on
                )
                or exists (
                    select
                    from changed_then
                    where
                        changed_then.car_id = versions.car_id
                        and changed_then.first_day < versions.joins_on
                )
            )
    ),

    cars_asked as materialized (
        select coalesce(array_agg(other_cars.car_id), '{}') as others
        from other_cars
        where only_cars is null or other_cars.car_id = any(only_cars)
    ),

    touched as materialized (
        select distinct
            spans.car_id,
            greatest(spans.first_day, starts_on) + calendar.place as usage_date
        from (
            select
                changed_then.car_id,
                changed_then.first_day,
                changed_then.last_day
            from changed_then
            union all
            select
                changed_now.car_id,
                changed_now.first_day,
                changed_now.last_day
            from changed_now
        ) as spans
        cross join lateral generate_series(
            0,
            least(spans.last_day, ends_on) - greatest(spans.first_day, starts_on)
        ) as calendar (place)
        where spans.car_id not in (select other_cars.car_id from other_cars)
    ),

    -- Bookings of a touched day that have not changed; few, for they share it with one that has.
    unchanged as materialized (
        select
            touched.car_id,
            touched.usage_date,
            listed.lead_id
        from touched
        cross join lateral (
            select days.lead_ids
            from dds.fact_fleet_usage_day as days
            where
                days.car_id = touched.car_id
                and days.usage_date = touched.usage_date
            offset 0
        ) as usage
        cross join lateral unnest(usage.lead_ids) as listed (lead_id)
        where listed.lead_id not in (select changed_now.lead_id from changed_now)
    ),

    bookings as (
        select
            changed_then.lead_id,
            changed_then.car_id,
            greatest(changed_then.first_day, starts_on) + calendar.place as usage_date,
            changed_then.amount,
            changed_then.rental_days,
            changed_then.first_day,
            changed_then.last_day
        from changed_then
        cross join lateral generate_series(
            0,
            least(changed_then.last_day, ends_on)
            - greatest(changed_then.first_day, starts_on)
        ) as calendar (place)
        union all
        select
            unchanged.lead_id,
            unchanged.car_id,
            unchanged.usage_date,
            rentals.amount,
            rentals.rental_days,
            dds.first_booked_day(rentals.rental_start, rentals.rental_end, zone),
            dds.last_booked_day(rentals.rental_start, rentals.rental_end, zone)
        from unchanged
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where found.lead_id = unchanged.lead_id
            offset 0
        ) as rentals
    ),

    booked_days as (
        select
            bookings.car_id,
            bookings.usage_date,
            count(*)::integer as rentals_cnt,
            array_agg(bookings.lead_id order by bookings.lead_id) as lead_ids,
            sum(
                dds.share_of_day(
                    coalesce(bookings.amount, 0), bookings.first_day,
                    bookings.last_day, bookings.usage_date
                )
            ) as amount_share,
            sum(
                dds.charged_days_of_day(
                    bookings.rental_days, bookings.first_day, bookings.last_day,
                    bookings.usage_date
                )
            )::integer as charged_days,
            bool_and(bookings.amount is null) as is_unpriced
        from bookings
        group by bookings.car_id, bookings.usage_date
    ),

    other_days as materialized (
        select found.*
        from cars_asked
        cross join lateral dds.fleet_usage_of_cars_at(
            moment, starts_on, ends_on, cars_asked.others
        ) as found
    )

    select
        touched.car_id,
        versions.plate,
        coalesce(booked_days.rentals_cnt, 0),
        coalesce(booked_days.lead_ids, '{}'::bigint[]),
        coalesce(booked_days.amount_share, 0),
        coalesce(booked_days.charged_days, 0),
        booked_days.car_id is not null
        or touched.usage_date between versions.joins_on and versions.last_idle_day,
        coalesce(booked_days.is_unpriced, false),
        touched.usage_date
    from touched
    inner join versions
        on
            touched.car_id = versions.car_id
            and touched.usage_date between versions.first_day and versions.last_day
    left join booked_days
        on
            touched.car_id = booked_days.car_id
            and touched.usage_date = booked_days.usage_date
    union all
    select
        coalesce(other_days.car_id, usage.car_id),
        other_days.plate,
        other_days.rentals_cnt,
        other_days.lead_ids,
        other_days.amount_share,
        other_days.charged_days,
        other_days.car_id is not null,
        other_days.is_unpriced,
        coalesce(other_days.usage_date, usage.usage_date)
    from other_days
    full join (
        select
            days.car_id,
            days.usage_date
        from cars_asked
        inner join dds.fact_fleet_usage_day as days
            on
                days.car_id = any(cars_asked.others)
                and days.usage_date between starts_on and ends_on
    ) as usage
        on
            other_days.car_id = usage.car_id
            and other_days.usage_date = usage.usage_date
    union all
    -- Idle days after the last booked one have no rows now.
    select
        versions.car_id,
        versions.plate,
        0,
        '{}'::bigint[],
        0::numeric,
        0,
        true,
        false,
        later.usage_date
    from versions
    cross join lateral (
        select
            greatest(starts_on, built_to + 1, versions.first_day, versions.joins_on)
            + calendar.place as usage_date
        from generate_series(
            0,
            versions.last_idle_day
            - greatest(starts_on, built_to + 1, versions.first_day, versions.joins_on)
        ) as calendar (place)
    ) as later
    where
        versions.last_idle_day > built_to
        and versions.car_id not in (select other_cars.car_id from other_cars)
        and not exists (
            select
            from touched
            where
                touched.car_id = versions.car_id
                and touched.usage_date = later.usage_date
        );
end;
$$;

comment on function dds.fleet_usage_since(timestamptz, date, date, bigint[], dds.fact_rentals[]) is 'The days of cars, in a period and of some cars or all, that may have been otherwise at a moment than dds.fact_fleet_usage_day says now: as they were, is_there false where there was none. past_bookings: what dds.past_bookings_of_days() says of the period or more';

drop function dds.booked_days_at(timestamptz, date, date);

create function dds.booked_days_at(
    moment timestamptz, from_day date, to_day date,
    past_bookings dds.fact_rentals[] default null
)
returns table (
    car_id bigint, rentals_cnt integer, amount_share numeric, charged_days integer,
    is_unpriced boolean, usage_date date
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    zone constant text := (select build.business_tz from dm.build);
    starts_on constant date := greatest(
        from_day, (select horizon.first_day from dds.horizon() as horizon)
    );
    ends_on constant date := least(
        to_day, (select horizon.last_day from dds.horizon() as horizon)
    );
    from_moment constant timestamptz := starts_on::timestamp at time zone zone;
    end_moment constant timestamptz := (ends_on + 1)::timestamp at time zone zone;
begin
    if starts_on > ends_on then
        return;
    end if;
    return query
    with found as (
        select
            past.car_id,
            past.amount,
            past.rental_days,
            past.rental_start,
            past.rental_end
        from unnest(
            coalesce(
                past_bookings, dds.past_bookings_of_days(moment, starts_on, ends_on)
            )
        ) as past
        union all
        select
            rentals.car_id,
            rentals.amount,
            rentals.rental_days,
            rentals.rental_start,
            rentals.rental_end
        from generate_series(0, 36) as classes (class)
        cross join lateral (
            select touching.*
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
                and touching.rental_end >= from_moment
            offset 0
        ) as rentals
        cross join lateral (
            select
            from ods.ods_leads_hist as hist
            where
                hist.id = rentals.lead_id
                and hist.is_current
                and hist.valid_from <= moment
            offset 0
        ) as unchanged
    ),

    bookings as (
        select
            found.*,
            dds.first_booked_day(found.rental_start, found.rental_end, zone)
                as first_day,
            dds.last_booked_day(found.rental_start, found.rental_end, zone)
                as last_day
        from found
        where
            found.rental_end >= found.rental_start
            -- A car that came later was not there, and none is none.
            and found.car_id in (
                select hist.id
                from ods.ods_cars_hist as hist
                where hist.valid_from <= moment
            )
    ),

    days as (
        select
            bookings.*,
            greatest(bookings.first_day, starts_on) + calendar.place as usage_date
        from bookings
        cross join lateral generate_series(
            0,
            least(bookings.last_day, ends_on) - greatest(bookings.first_day, starts_on)
        ) as calendar (place)
    )

    select
        days.car_id,
        count(*)::integer,
        sum(
            dds.share_of_day(
                coalesce(days.amount, 0), days.first_day, days.last_day, days.usage_date
            )
        ),
        sum(
            dds.charged_days_of_day(
                days.rental_days, days.first_day, days.last_day, days.usage_date
            )
        )::integer,
        bool_and(days.amount is null),
        days.usage_date
    from days
    group by days.car_id, days.usage_date;
end;
$$;

comment on function dds.booked_days_at(timestamptz, date, date, dds.fact_rentals[]) is 'The days of cars that bookings covered at a moment, from these bookings alone: for days ahead, of which most have changed since. past_bookings: what dds.past_bookings_of_days() says of the period or more';

drop function dds.unattributed_at(timestamptz, date, date);

create function dds.unattributed_at(
    moment timestamptz, from_day date, to_day date,
    past_bookings dds.fact_rentals[] default null
)
returns setof dm.unattributed_booking
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    horizon_from constant date := (select horizon.first_day from dds.horizon() as horizon);
    horizon_to constant date := (select horizon.last_day from dds.horizon() as horizon);
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
    horizon_moment constant timestamptz := horizon_from::timestamp at time zone zone;
    horizon_end constant timestamptz := (horizon_to + 1)::timestamp at time zone zone;
    -- What came later was not there: its bookings lacked a car.
    known_cars constant bigint[] := (
        select coalesce(array_agg(distinct hist.id), '{}')
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
    );
    later_cars constant bigint[] := (
        select coalesce(array_agg(distinct hist.id), '{}')
        from ods.ods_cars_hist as hist
        where hist.id <> all(known_cars)
    );
begin
    return query
    with kept as (
        select lacking.*
        from dm.unattributed_booking as lacking
        cross join lateral (
            select
            from ods.ods_leads_hist as hist
            where
                hist.id = lacking.lead_id
                and hist.is_current
                and hist.valid_from <= moment
                -- Without a date, the day depends on what was confirmed by then.
                and coalesce(hist.rental_start, hist.rental_end) is not null
            offset 0
        ) as unchanged
        where
            lacking.usage_date between from_day and to_day
            and lacking.car_id <> all(later_cars)
    ),

    suspects as (
        select rentals as booking
        from dds.fact_rentals as rentals
        where
            rentals.is_booking
            and rentals.rental_start is null
            and rentals.rental_end is null
        union all
        select rentals as booking
        from dds.fact_rentals as rentals
        where
            rentals.is_booking
            and rentals.car_id = any(later_cars)
            and coalesce(rentals.rental_start, rentals.rental_end) is not null
            and (
                coalesce(rentals.rental_start, rentals.rental_end) between from_moment
                and end_moment
                or least(rentals.rental_start, rentals.rental_end) < horizon_moment
                or greatest(rentals.rental_start, rentals.rental_end) >= horizon_end
            )
    ),

    bookings as (
        select
            dds.booking_then(
                suspects.booking, moment,
                (suspects.booking).car_id <> all(later_cars)
            ) as booking
        from suspects
        where
            exists (
                select
                from ods.ods_leads_hist as hist
                where
                    hist.id = (suspects.booking).lead_id
                    and hist.is_current
                    and hist.valid_from <= moment
            )
        union all
        select
            dds.booking_then(
                past, moment, past.car_id = 0 or past.car_id = any(known_cars)
            )
        from unnest(
            coalesce(
                past_bookings,
                array(
                    select versions
                    from dds.past_bookings_at(
                        moment, from_moment, end_moment, false, null, false
                    ) as versions
                )
            )
        ) as past
    )

    select kept.*
    from kept
    union all
    select
        (bookings.booking).lead_id,
        (bookings.booking).car_id,
        part.usage_date,
        part.revenue,
        part.is_beyond_horizon
    from bookings
    cross join lateral dds.unattributed_part(
        bookings.booking, zone, horizon_from, horizon_to
    ) as part
    where
        -- What lacks nothing need not be looked at one by one.
        (
            (bookings.booking).car_id = 0
            or (bookings.booking).amount is null
            or (
                (bookings.booking).rental_end >= (bookings.booking).rental_start
            ) is not true
            or least(
                (bookings.booking).rental_start, (bookings.booking).rental_end
            ) < horizon_moment
            or greatest(
                (bookings.booking).rental_start, (bookings.booking).rental_end
            ) >= horizon_end
        )
        and part.usage_date between from_day and to_day;
end;
$$;

comment on function dds.unattributed_at(timestamptz, date, date, dds.fact_rentals[]) is 'Rows of dm.unattributed_booking of a period as they were at a moment. past_bookings: what dds.past_bookings_of_days() says of the period or more';

create function dds.day_sums_since(
    moment timestamptz, from_day date, to_day date, only_cars bigint[],
    past_bookings dds.fact_rentals[]
)
returns table (
    usage_date date, revenue numeric, rented_days bigint, charged_days bigint,
    unpriced_days bigint, car_days bigint
)
language sql
stable
as $$
    with since as materialized (
        select found.*
        from dds.fleet_usage_since(
            moment, from_day, to_day, only_cars, past_bookings
        ) as found
    )

    select
        parts.usage_date,
        sum(parts.revenue),
        sum(parts.rented_days),
        sum(parts.charged_days),
        sum(parts.unpriced_days),
        sum(parts.car_days)
    from (
        select
            since.usage_date,
            since.amount_share as revenue,
            (since.rentals_cnt > 0)::integer as rented_days,
            since.charged_days,
            since.is_unpriced::integer as unpriced_days,
            1 as car_days
        from since
        where since.is_there
        union all
        select
            usage.usage_date,
            -usage.amount_share,
            -usage.is_rented::integer,
            -usage.charged_days,
            -usage.is_unpriced::integer,
            -1
        from since
        -- Day by day: a join would read all days of the cars.
        cross join lateral (
            select days_now.*
            from dds.fact_fleet_usage_day as days_now
            where
                days_now.car_id = since.car_id
                and days_now.usage_date = since.usage_date
            offset 0
        ) as usage
    ) as parts
    group by parts.usage_date
$$;

comment on function dds.day_sums_since(timestamptz, date, date, bigint[], dds.fact_rentals[]) is 'By how much the sums of days of cars, of some cars or all, were more at a moment than dds.fact_fleet_usage_day says now: moment, first day, last day, cars or null, what dds.past_bookings_of_days() says of the period or more';

create or replace function dds.revenue_day_at(
    moment timestamptz, finished_day date, from_day date, to_day date
)
returns setof dm.revenue_day
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    past_bookings constant dds.fact_rentals[] := dds.past_bookings_of_days(
        moment, from_day, to_day
    );
begin
    return query
    with shifts as (
        select
            parts.usage_date,
            sum(parts.revenue) as revenue,
            sum(parts.rented_days) as rented_days,
            sum(parts.charged_days) as charged_days,
            sum(parts.unpriced_days) as unpriced_days,
            sum(parts.car_days) as car_days
        from (
            select since.*
            from dds.day_sums_since(
                moment, from_day, least(to_day, finished_day), null, past_bookings
            ) as since
            union all
            select
                ahead.usage_date,
                ahead.amount_share,
                1,
                ahead.charged_days,
                ahead.is_unpriced::integer,
                null
            from dds.booked_days_at(
                moment, greatest(from_day, finished_day + 1), to_day, past_bookings
            ) as ahead
        ) as parts
        group by parts.usage_date
    ),

    lacking as (
        select
            found.usage_date,
            count(*) as bookings,
            trim_scale(sum(found.revenue)) as revenue
        from dds.unattributed_at(moment, from_day, to_day, past_bookings) as found
        group by found.usage_date
    ),

    days as (
        select
            calendar.day::date as usage_date,
            calendar.day::date > finished_day as is_ahead,
            trim_scale(coalesce(present.revenue, 0) + coalesce(shifts.revenue, 0))
                as revenue,
            (coalesce(present.rented_days, 0) + coalesce(shifts.rented_days, 0))::integer
                as rented_days,
            (coalesce(present.charged_days, 0) + coalesce(shifts.charged_days, 0))::integer
                as charged_days,
            (coalesce(present.unpriced_days, 0) + coalesce(shifts.unpriced_days, 0))::integer
                as unpriced_days,
            case
                when calendar.day::date <= finished_day
                    then
                        coalesce(
                            present.car_days,
                            -- The mart does not count the cars of days that are ahead of it.
                            (
                                select count(*)
                                from dds.fact_fleet_usage_day as usage
                                where usage.usage_date = calendar.day::date
                            )
                        ) + coalesce(shifts.car_days, 0)
            end::integer as car_days,
            coalesce(lacking.revenue, 0) as unattributed_revenue,
            coalesce(lacking.bookings, 0)::integer as unattributed_bookings
        from generate_series(
            from_day::timestamp, to_day::timestamp, interval '1 day'
        ) as calendar (day)
        left join dm.revenue_day as present
            on
                calendar.day::date = present.usage_date
                and calendar.day::date <= finished_day
        left join shifts on calendar.day::date = shifts.usage_date
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
    from days;
end;
$$;

create function dds.revenue_day_of_cars_at(
    moment timestamptz, finished_day date, from_day date, to_day date,
    of_car bigint, of_model text
)
returns setof dm.revenue_day
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    cars constant bigint[] := array(
        select dim_car.car_id
        from dds.dim_car
        where
            dim_car.car_id <> 0
            and (of_car is null or dim_car.car_id = of_car)
            and (of_model is null or coalesce(dim_car.model, '(none)') = of_model)
    );
    past_bookings constant dds.fact_rentals[] := dds.past_bookings_of_days(
        moment, from_day, to_day
    );
begin
    return query
    with days as (
        select
            parts.usage_date,
            sum(parts.revenue) as revenue,
            sum(parts.rented_days) as rented_days,
            sum(parts.charged_days) as charged_days,
            sum(parts.unpriced_days) as unpriced_days,
            sum(parts.car_days) as car_days
        from (
            select since.*
            from dds.day_sums_since(
                moment, from_day, to_day, cars, past_bookings
            ) as since
            union all
            select
                usage.usage_date,
                usage.amount_share,
                usage.is_rented::integer,
                usage.charged_days,
                usage.is_unpriced::integer,
                1
            from dds.fact_fleet_usage_day as usage
            where
                of_car is not null
                and usage.car_id = any(cars)
                and usage.usage_date between from_day and to_day
            union all
            select
                model_day.usage_date,
                model_day.revenue,
                model_day.rented_days,
                model_day.charged_days,
                model_day.unpriced_days,
                model_day.car_days
            from dm.model_day
            where
                of_car is null
                and model_day.model = of_model
                and model_day.usage_date between from_day and to_day
        ) as parts
        group by parts.usage_date
        having sum(parts.car_days) > 0
    ),

    lacking as (
        select
            found.usage_date,
            count(*) as bookings,
            sum(found.revenue) as revenue
        from dds.unattributed_at(moment, from_day, to_day, past_bookings) as found
        where found.car_id = any(cars)
        group by found.usage_date
    ),

    known as (
        select
            coalesce(days.usage_date, lacking.usage_date) as usage_date,
            trim_scale(coalesce(days.revenue, 0)) as revenue,
            coalesce(days.rented_days, 0)::integer as rented_days,
            coalesce(days.charged_days, 0)::integer as charged_days,
            coalesce(days.unpriced_days, 0)::integer as unpriced_days,
            case when days.usage_date <= finished_day then days.car_days end::integer
                as car_days,
            trim_scale(coalesce(lacking.revenue, 0)) as unattributed_revenue,
            coalesce(lacking.bookings, 0)::integer as unattributed_bookings
        from days
        full join lacking on days.usage_date = lacking.usage_date
    )

    select
        known.usage_date,
        known.revenue,
        known.rented_days,
        known.charged_days,
        known.unpriced_days,
        known.car_days,
        known.revenue / nullif(known.rented_days, 0),
        known.revenue / nullif(known.charged_days, 0),
        known.revenue / nullif(known.car_days, 0),
        known.unattributed_revenue,
        known.unattributed_bookings,
        known.usage_date > finished_day
    from known;
end;
$$;

comment on function dds.revenue_day_of_cars_at(timestamptz, date, date, date, bigint, text) is 'Rows of dm.revenue_day as they would be of one car or of the cars of one model, as they were at a moment, for days on which one was there or something lacked: moment, last finished day, first day, last day, car or null, model or null';

create function dm.money_days_as_of(
    as_of date, from_day date, to_day date, of_car bigint default null,
    of_model text default null
)
returns setof dm.revenue_day
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select fleet.*
    from dds.revenue_day_at(dm.end_of_day(as_of), as_of, from_day, to_day) as fleet
    where of_car is null and of_model is null
    union all
    select of_cars.*
    from dds.revenue_day_of_cars_at(
        dm.end_of_day(as_of), as_of, from_day, to_day, of_car, of_model
    ) as of_cars
    where of_car is not null or of_model is not null
$$;

comment on function dm.money_days_as_of(date, date, date, bigint, text) is 'Rows of dm.revenue_day, of the fleet, of a car or of a model, as they were at the end of a day: as_of, first day, last day, car or null, model or null. Of the fleet each day that is asked, of a car or model those on which it was in the fleet or something lacked';

select ops.grant_roles();
