-- What:  the state of an earlier day, worked out from what differs between then and now: the rest is taken from the
--        facts and marts as they are

-- Changed leads by when: with the start, so that a period is found without their rows.
create index ods_leads_hist_current_by_opening
on ods.ods_leads_hist (valid_from, rental_start, id)
where is_current;

-- Nothing but dds.bookings_at() asks it; confirmations take longest, and most need none.
drop function dds.past_bookings_at(timestamptz, timestamptz, timestamptz, boolean, bigint[]);

create function dds.past_bookings_at(
    moment timestamptz, from_moment timestamptz, end_moment timestamptz,
    with_open boolean, only_cars bigint[], with_confirmations boolean default true
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
        case
            when
                with_confirmations
                or coalesce(linked.rental_start, linked.rental_end) is null
                then (
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
                                    and lead_first_status.pipeline_id
                                    = linked.pipeline_id
                            )
                        )
                    from dds.fact_lead_status_change
                    inner join statuses
                        on fact_lead_status_change.to_status_id = statuses.status_id
                    where
                        fact_lead_status_change.lead_id = linked.id
                        and fact_lead_status_change.to_pipeline_id = linked.pipeline_id
                        and fact_lead_status_change.change_ts <= moment
                )
        end
    from linked
    where only_cars is null or linked.car_id = any(only_cars);
end;
$$;

comment on function dds.past_bookings_at(timestamptz, timestamptz, timestamptz, boolean, bigint[], boolean) is 'What of dds.bookings_at() has changed since; with_confirmations: confirmed_at of bookings with dates too';

create function dds.booking_then(
    rental dds.fact_rentals, moment timestamptz, has_car boolean
)
returns dds.fact_rentals
language sql
immutable
parallel safe
return row(
    rental.lead_id,
    case when has_car then rental.car_id else 0 end,
    rental.client_id,
    rental.pipeline_id,
    rental.status_id,
    rental.status_name,
    rental.stage,
    rental.rental_days,
    rental.dailyrate,
    rental.budget,
    rental.amount,
    rental.is_booking,
    rental.is_cancelled,
    rental.rental_start,
    rental.rental_end,
    rental.closed_at,
    rental.created_at,
    rental.updated_at,
    rental.load_date,
    case when rental.confirmed_at <= moment then rental.confirmed_at end
)::dds.fact_rentals;

comment on function dds.booking_then(dds.fact_rentals, timestamptz, boolean) is 'A booking that has not changed since a moment, without what came later: its confirmation, and where it was not there its car';

create function dds.cars_known_otherwise(moment timestamptz)
returns bigint[]
language sql
stable
as $$
    with known as (
        select distinct on (hist.id) hist.*
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
        order by hist.id, hist.valid_from desc
    )

    select coalesce(array_agg(distinct hist.id), '{}')
    from ods.ods_cars_hist as hist
    left join known on hist.id = known.id
    where
        (hist.valid_to > moment and hist.closed_by is not null)
        or (
            hist.valid_from > moment
            and (
                known.id is null
                or known.valid_to <= moment
                or row(
                    hist.plate, hist.in_fleet_from, hist.in_fleet_to, hist.created_at
                ) is distinct from row(
                    known.plate, known.in_fleet_from, known.in_fleet_to, known.created_at
                )
            )
        )
$$;

comment on function dds.cars_known_otherwise(timestamptz) is 'The cars that came, went, changed their plate or the dates of their time in the fleet since a moment';

-- The days of some cars from their bookings alone: what dds.fleet_usage_at() did for all of them.

create function dds.fleet_usage_of_cars_at(
    moment timestamptz, from_day date, to_day date, only_cars bigint[]
)
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
begin
    if cardinality(only_cars) = 0 then
        return;
    end if;
    return query
    with versions as materialized (
        select car_versions.*
        from dds.car_versions_at(moment, zone, ends_on) as car_versions
        where car_versions.car_id = any(only_cars)
    ),

    bookings as materialized (
        select
            found.*,
            dds.first_booked_day(found.rental_start, found.rental_end, zone)
                as first_day,
            dds.last_booked_day(found.rental_start, found.rental_end, zone)
                as last_day
        from dds.bookings_at(moment, from_day, to_day, false, only_cars) as found
        where found.car_id <> 0 and found.rental_end >= found.rental_start
    ),

    -- The days of a car before it joined begin with its first booking.
    first_bookings as (
        select
            bookings.car_id,
            min(bookings.first_day) as first_day
        from bookings
        where bookings.last_day >= horizon_from
        group by bookings.car_id
    ),

    idle_days as (
        select
            versions.car_id,
            calendar.day::date as usage_date
        from versions
        left join first_bookings on versions.car_id = first_bookings.car_id
        cross join lateral generate_series(
            greatest(
                starts_on, versions.first_day,
                least(versions.joins_on, first_bookings.first_day)
            )::timestamp,
            versions.last_idle_day::timestamp,
            interval '1 day'
        ) as calendar (day)
        where versions.last_idle_day >= starts_on
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

comment on function dds.fleet_usage_of_cars_at(timestamptz, date, date, bigint[]) is 'Rows of dds.fact_fleet_usage_day of some cars and a period as they were at a moment, from all their bookings; idle days also after the last booked one';

create function dds.fleet_usage_since(
    moment timestamptz, from_day date, to_day date, only_cars bigint[] default null
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
    -- The days of a car before it joined begin with its first booking, however long ago that is.
    has_late_cars constant boolean := exists (
        select
        from dds.car_versions_at(moment, zone, ends_on) as versions
        where versions.joins_on > starts_on
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
        from dds.past_bookings_at(
            moment,
            case when has_late_cars then '-infinity' else from_moment end,
            end_moment, false, null, false
        ) as past
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

comment on function dds.fleet_usage_since(timestamptz, date, date, bigint[]) is 'The days of cars, in a period and of some cars or all, that may have been otherwise at a moment than dds.fact_fleet_usage_day says now: as they were, is_there false where there was none';

drop function dm.fleet_usage_as_of(date, date, date);
drop function dds.fleet_usage_at(timestamptz, date, date);

create function dds.fleet_usage_at(
    moment timestamptz, from_day date, to_day date, only_cars bigint[] default null
)
returns table (
    car_id bigint, plate text, rentals_cnt integer, lead_ids bigint[], amount_share numeric,
    charged_days integer, is_rented boolean, is_double_booked boolean, is_unpriced boolean,
    usage_date date
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    with since as materialized (
        select found.*
        from dds.fleet_usage_since(moment, from_day, to_day, only_cars) as found
    )

    select
        since.car_id,
        since.plate,
        since.rentals_cnt,
        since.lead_ids,
        since.amount_share,
        since.charged_days,
        since.rentals_cnt > 0,
        since.rentals_cnt > 1,
        since.is_unpriced,
        since.usage_date
    from since
    where since.is_there
    union all
    select
        usage.car_id,
        usage.plate,
        usage.rentals_cnt,
        usage.lead_ids,
        usage.amount_share,
        usage.charged_days,
        usage.is_rented,
        usage.is_double_booked,
        usage.is_unpriced,
        usage.usage_date
    from dds.fact_fleet_usage_day as usage
    where
        usage.usage_date between from_day and to_day
        and (only_cars is null or usage.car_id = any(only_cars))
        and not exists (
            select
            from since
            where since.car_id = usage.car_id and since.usage_date = usage.usage_date
        );
end;
$$;

comment on function dds.fleet_usage_at(timestamptz, date, date, bigint[]) is 'Rows of dds.fact_fleet_usage_day of a period, of some cars or all, as they were at a moment; idle days also after the last booked one';

create or replace function dds.unattributed_at(moment timestamptz, from_day date, to_day date)
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
        from dds.past_bookings_at(
            moment, from_moment, end_moment, false, null, false
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
    where part.usage_date between from_day and to_day;
end;
$$;

create function dds.booked_days_at(moment timestamptz, from_day date, to_day date)
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
        from dds.past_bookings_at(
            moment, from_moment, end_moment, false, null, false
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

comment on function dds.booked_days_at(timestamptz, date, date) is 'The days of cars that bookings covered at a moment, from these bookings alone: for days ahead, of which most have changed since';

-- The marts at a moment. last_day is the last finished day then.

create or replace function dds.revenue_day_at(
    moment timestamptz, finished_day date, from_day date, to_day date
)
returns setof dm.revenue_day
language sql
stable
as $$
    with since as materialized (
        select found.*
        from dds.fleet_usage_since(moment, from_day, least(to_day, finished_day)) as found
    ),

    shifts as (
        select
            parts.usage_date,
            sum(parts.revenue) as revenue,
            sum(parts.rented_days) as rented_days,
            sum(parts.charged_days) as charged_days,
            sum(parts.unpriced_days) as unpriced_days,
            sum(parts.car_days) as car_days
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
                ahead.usage_date,
                ahead.amount_share,
                1,
                ahead.charged_days,
                ahead.is_unpriced::integer,
                null
            from dds.booked_days_at(
                moment, greatest(from_day, finished_day + 1), to_day
            ) as ahead
            union all
            select
                usage.usage_date,
                -usage.amount_share as revenue,
                -usage.is_rented::integer as rented_days,
                -usage.charged_days,
                -usage.is_unpriced::integer as unpriced_days,
                -1 as car_days
            from since
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
    from days
$$;

create function dds.car_months_at(
    moment timestamptz, finished_day date, from_month date, to_month date,
    also_months date[] default '{}', with_ahead boolean default true
)
returns table (
    month date, car_id bigint, model text, car_days integer, rented_days integer,
    longest_idle_run integer, double_booked_days integer, charged_days integer,
    unpriced_days integer, rented_days_ahead integer, revenue numeric, revenue_ahead numeric
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    from_day constant date := date_trunc('month', from_month);
    to_day constant date := date_trunc('month', to_month) + interval '1 month - 1 day';
    -- From here on months were not finished then, or are not now.
    open_from constant date := (
        select date_trunc('month', least(finished_day, build.last_finished_day) + 1)
        from dm.build
    );
begin
    return query
    with since as materialized (
        select
            found.*,
            date_trunc('month', found.usage_date)::date as month
        from dds.fleet_usage_since(moment, from_day, least(to_day, finished_day)) as found
    ),

    touched as materialized (
        select distinct
            since.car_id,
            since.month
        from since
        where since.month < open_from
    ),

    months as materialized (
        select touched.month
        from touched
        union
        select asked.month
        from unnest(also_months) as asked (month)
        union
        select calendar.day::date
        from generate_series(
            from_day::timestamp, to_day::timestamp, interval '1 month'
        ) as calendar (day)
        where
            calendar.day::date >= open_from
            or not exists (
                select
                from dm.fleet_utilisation_month as usage
                inner join dm.revenue_month as money
                    on usage.month = money.month and money.level = 'fleet'
                where usage.month = calendar.day::date and usage.level = 'fleet'
            )
    ),

    days as (
        select
            since.car_id,
            since.usage_date,
            since.amount_share,
            since.rentals_cnt,
            since.charged_days,
            since.is_unpriced
        from since
        where since.is_there
        union all
        select
            usage.car_id,
            usage.usage_date,
            usage.amount_share,
            usage.rentals_cnt,
            usage.charged_days,
            usage.is_unpriced
        from (
            -- Pair by pair: in one join all days of the months would be read.
            select found.*
            from touched
            cross join lateral (
                select days_of_car.*
                from dds.fact_fleet_usage_day as days_of_car
                where
                    days_of_car.car_id = touched.car_id
                    and days_of_car.usage_date between touched.month
                    and (touched.month + interval '1 month - 1 day')::date
                offset 0
            ) as found
            union all
            select open_days.*
            from dds.fact_fleet_usage_day as open_days
            where
                open_days.usage_date between greatest(open_from, from_day)
                and least(to_day, finished_day)
        ) as usage
        left join since
            on usage.car_id = since.car_id and usage.usage_date = since.usage_date
        where since.car_id is null
    ),

    islands as (
        select
            days.*,
            date_trunc('month', days.usage_date)::date as month,
            days.rentals_cnt > 0 as is_rented,
            days.usage_date - (
                row_number() over (
                    partition by
                        days.car_id, date_trunc('month', days.usage_date),
                        days.rentals_cnt > 0
                    order by days.usage_date
                )
            )::integer as island
        from days
    ),

    runs as (
        select
            islands.month,
            islands.car_id,
            islands.is_rented,
            count(*) as days,
            count(*) filter (where islands.rentals_cnt > 1) as double_booked_days,
            sum(islands.charged_days) as charged_days,
            count(*) filter (where islands.is_unpriced) as unpriced_days,
            sum(islands.amount_share) as revenue
        from islands
        group by islands.month, islands.car_id, islands.is_rented, islands.island
    ),

    car_months as (
        select
            runs.month,
            runs.car_id,
            sum(runs.days) as car_days,
            coalesce(sum(runs.days) filter (where runs.is_rented), 0) as rented_days,
            coalesce(max(runs.days) filter (where not runs.is_rented), 0)
                as longest_idle_run,
            sum(runs.double_booked_days) as double_booked_days,
            sum(runs.charged_days) as charged_days,
            sum(runs.unpriced_days) as unpriced_days,
            0 as rented_days_ahead,
            sum(runs.revenue) as revenue,
            0 as revenue_ahead
        from runs
        group by runs.month, runs.car_id
        union all
        select
            date_trunc('month', ahead.usage_date)::date,
            ahead.car_id,
            0,
            0,
            0,
            0,
            0,
            0,
            count(*),
            0,
            sum(ahead.amount_share)
        from dds.booked_days_at(
            moment, greatest(from_day, finished_day + 1), to_day
        ) as ahead
        where with_ahead
        group by date_trunc('month', ahead.usage_date), ahead.car_id
        union all
        select
            usage.month,
            usage.car_id,
            usage.car_days,
            usage.rented_days,
            usage.longest_idle_run,
            usage.double_booked_days,
            coalesce(money.charged_days, 0),
            coalesce(money.unpriced_days, 0),
            0,
            coalesce(money.revenue, 0),
            0
        from months
        inner join dm.fleet_utilisation_month as usage
            on months.month = usage.month and usage.level = 'car'
        left join dm.revenue_month as money
            on
                usage.month = money.month
                and money.level = 'car'
                and usage.car_id = money.car_id
                and usage.model = money.model
        where
            usage.month < open_from
            and not exists (
                select
                from touched
                where
                    touched.car_id = usage.car_id
                    and touched.month = usage.month
            )
    )

    select
        months.month,
        car_months.car_id,
        case when car_months.car_id is not null then coalesce(dim_car.model, '(none)') end,
        car_months.car_days::integer,
        car_months.rented_days::integer,
        car_months.longest_idle_run::integer,
        car_months.double_booked_days::integer,
        car_months.charged_days::integer,
        car_months.unpriced_days::integer,
        car_months.rented_days_ahead::integer,
        car_months.revenue,
        car_months.revenue_ahead
    from months
    left join car_months on months.month = car_months.month
    left join dds.dim_car on car_months.car_id = dim_car.car_id;
end;
$$;

comment on function dds.car_months_at(timestamptz, date, date, date, date[], boolean) is 'The months, of those asked, that the marts of fleet and money do not know as they were at a moment, and also_months: a row per month and car of the days up to the last finished one and another of those ahead, and one without a car of a month that has none; moment, last finished day, first month, last month';

create or replace function dds.fleet_utilisation_at(
    moment timestamptz, finished_day date, from_month date, to_month date
)
returns setof dm.fleet_utilisation_month
language sql
stable
as $$
    with car_months as materialized (
        select found.*
        from dds.car_months_at(
            moment, finished_day, from_month, least(to_month, finished_day), '{}', false
        ) as found
    ),

    sums as (
        select
            months.month,
            case
                when grouping(cars.car_id) = 0 then 'car'
                when grouping(cars.model) = 0 then 'model'
                else 'fleet'
            end as level,
            cars.car_id,
            cars.model,
            coalesce(sum(cars.car_days), 0)::integer as car_days,
            coalesce(sum(cars.rented_days), 0)::integer as rented_days,
            coalesce(max(cars.longest_idle_run), 0) as longest_idle_run,
            coalesce(sum(cars.double_booked_days), 0)::integer as double_booked_days
        from (select distinct car_months.month from car_months) as months
        left join car_months as cars on months.month = cars.month and cars.car_days > 0
        group by grouping sets (
            (months.month, cars.car_id, cars.model), (months.month, cars.model),
            (months.month)
        )
        having
            (grouping(cars.model) = 1 and grouping(cars.car_id) = 1)
            or cars.model is not null
    )

    select present.*
    from dm.fleet_utilisation_month as present
    where
        present.month between date_trunc('month', from_month)::date and to_month
        and present.month <= finished_day
        and present.month not in (select car_months.month from car_months)
    union all
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

create or replace function dds.revenue_month_at(
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

    lacking as materialized (
        select
            found.*,
            date_trunc('month', found.usage_date)::date as month
        from bounds
        cross join dds.unattributed_at(moment, bounds.from_day, bounds.to_day) as found
    ),

    lacking_now as (
        select
            present.lead_id,
            present.car_id,
            present.usage_date,
            present.revenue
        from bounds
        inner join dm.unattributed_booking as present
            on present.usage_date between bounds.from_day and bounds.to_day
    ),

    lacking_otherwise as (
        select distinct date_trunc('month', others.usage_date)::date as month
        from (
            (
                select
                    lacking.lead_id,
                    lacking.car_id,
                    lacking.usage_date,
                    lacking.revenue
                from lacking
                except
                select lacking_now.*
                from lacking_now
            )
            union all
            (
                select lacking_now.*
                from lacking_now
                except
                select
                    lacking.lead_id,
                    lacking.car_id,
                    lacking.usage_date,
                    lacking.revenue
                from lacking
            )
        ) as others
    ),

    car_months as materialized (
        select found.*
        from dds.car_months_at(
            moment, finished_day, from_month, to_month,
            (select coalesce(array_agg(others.month), '{}') from lacking_otherwise as others)
        ) as found
    ),

    months as (
        select distinct car_months.month
        from car_months
    ),

    parts as (
        select
            car_months.month,
            car_months.car_id,
            car_months.model,
            car_months.revenue,
            car_months.rented_days,
            car_months.charged_days,
            car_months.unpriced_days,
            car_months.car_days,
            0::numeric as lacking_revenue,
            0 as lacking_bookings,
            car_months.revenue_ahead,
            car_months.rented_days_ahead,
            0::numeric as lacking_revenue_ahead,
            0 as lacking_bookings_ahead
        from car_months
        -- Idle days ahead are nothing yet.
        where car_months.car_days > 0 or car_months.rented_days_ahead > 0
        union all
        select
            lacking.month,
            lacking.car_id,
            case when lacking.car_id <> 0 then coalesce(dim_car.model, '(none)') end,
            0,
            0,
            0,
            0,
            0,
            case when lacking.usage_date <= finished_day then lacking.revenue else 0 end,
            (lacking.usage_date <= finished_day)::integer,
            0,
            0,
            case when lacking.usage_date > finished_day then lacking.revenue else 0 end,
            (lacking.usage_date > finished_day)::integer
        from lacking
        left join dds.dim_car on lacking.car_id = dim_car.car_id
    ),

    sums as (
        select
            months.month,
            case
                when grouping(parts.car_id) = 0 then 'car'
                when grouping(parts.model) = 0 then 'model'
                else 'fleet'
            end as level,
            parts.car_id,
            parts.model,
            trim_scale(coalesce(sum(parts.revenue), 0)) as revenue,
            coalesce(sum(parts.rented_days), 0)::integer as rented_days,
            coalesce(sum(parts.charged_days), 0)::integer as charged_days,
            coalesce(sum(parts.unpriced_days), 0)::integer as unpriced_days,
            coalesce(sum(parts.car_days), 0)::integer as car_days,
            trim_scale(coalesce(sum(parts.lacking_revenue), 0)) as unattributed_revenue,
            coalesce(sum(parts.lacking_bookings), 0)::integer as unattributed_bookings,
            trim_scale(coalesce(sum(parts.revenue_ahead), 0)) as revenue_ahead,
            coalesce(sum(parts.rented_days_ahead), 0)::integer as rented_days_ahead,
            trim_scale(coalesce(sum(parts.lacking_revenue_ahead), 0))
                as unattributed_revenue_ahead,
            coalesce(sum(parts.lacking_bookings_ahead), 0)::integer
                as unattributed_bookings_ahead
        from months
        left join parts on months.month = parts.month
        group by grouping sets (
            (months.month, parts.car_id, parts.model), (months.month, parts.model),
            (months.month)
        )
        having
            (grouping(parts.model) = 1 and grouping(parts.car_id) = 1)
            or parts.model is not null
    )

    select present.*
    from bounds
    inner join dm.revenue_month as present
        on present.month between bounds.from_day and bounds.to_day
    where present.month not in (select months.month from months)
    union all
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

create function dm.fleet_usage_as_of(
    as_of date, from_day date, to_day date, only_cars bigint[] default null
)
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
    from dds.fleet_usage_at(dm.end_of_day(as_of), from_day, to_day, only_cars) as usage
$$;

comment on function dm.fleet_usage_as_of(date, date, date, bigint[]) is 'Days of cars as in dds.fact_fleet_usage_day, of some cars or all, as they were at the end of a day: as_of, first day, last day, ids of cars';

-- How far the data can be trusted: the checks are looked at once.

create or replace view dm.data_trust as
with newest_results as (
    select distinct on (check_result.check_name, check_result.table_name)
        check_result.offenders,
        case
            when check_result.table_name like '%client%' then 'clients'
            when check_result.table_name like '%event%' then 'lead_events'
            when check_result.table_name like '%car%' or check_result.table_name like '%fleet%' then 'cars'
            else 'leads'
        end as source
    from ops.check_result
    order by check_result.check_name, check_result.table_name, check_result.checked_at desc
),

-- Once for all sources: each would sort all results again.
failed_checks as materialized (
    select
        newest_results.source,
        count(*) as checks
    from newest_results
    where newest_results.offenders > 0
    group by newest_results.source
),

landings as (
    select
        'leads' as source,
        (select max(stg_leads.observed_at) from stg.stg_leads) as landed,
        (
            select max(least(stg_leads.updated_at, stg_leads.observed_at))
            from stg.stg_leads
            where
                stg_leads.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'leads'
                )
        ) as changed_since
    union all
    select
        'clients' as source,
        (select max(stg_clients.observed_at) from stg.stg_clients) as landed,
        (
            select max(least(stg_clients.updated_at, stg_clients.observed_at))
            from stg.stg_clients
            where
                stg_clients.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'clients'
                )
        ) as changed_since
    union all
    select
        'cars' as source,
        (select max(stg_cars.observed_at) from stg.stg_cars) as landed,
        (
            select max(least(stg_cars.updated_at, stg_cars.observed_at))
            from stg.stg_cars
            where
                stg_cars.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'cars'
                )
        ) as changed_since
    union all
    select
        'lead_events' as source,
        (
            select watermark.cursor_at
            from ops.watermark
            where watermark.name = 'amocrm.events'
        ) as landed,
        (
            select max(stg_lead_events.created_at)
            from stg.stg_lead_events
            where
                stg_lead_events.landed_seq > (
                    select source_change.position
                    from dm.source_change
                    where source_change.source = 'lead_events'
                )
        ) as changed_since
)

select
    source_change.source,
    greatest(source_change.newest_change, landings.changed_since) as newest_change,
    landings.landed,
    (
        select max(run_log.finished_at)
        from ops.run_log
        where
            run_log.dag_id = 'daily_build_dds_fact'
            and run_log.task_id = 'merge_dim_date'
            and run_log.status = 'success'
            and run_log.reason is distinct from 'marked'
    ) as built,
    case
        when source_change.source = 'leads'
            then coalesce(
                (
                    select (run_log.metrics ->> 'missed_by_incremental')::bigint
                    from ops.run_log
                    where
                        run_log.dag_id = 'daily_amocrm_load_leads'
                        and run_log.task_id = 'load_leads'
                        and run_log.status = 'success'
                        and run_log.metrics ? 'missed_by_incremental'
                    order by run_log.finished_at desc
                    limit 1
                ),
                0
            )
        else 0
    end as missed_by_incremental,
    case
        when source_change.source = 'leads'
            then (
                select (run_log.metrics ->> 'max_lateness_s')::bigint
                from ops.run_log
                where
                    run_log.dag_id = 'daily_amocrm_load_leads'
                    and run_log.task_id = 'load_leads'
                    and run_log.status = 'success'
                    and run_log.metrics ? 'max_lateness_s'
                order by run_log.finished_at desc
                limit 1
            )
    end as max_lateness_s,
    case
        when source_change.source = 'lead_events'
            then (
                select count(*)
                from dds.fact_lead_status_change
                where fact_lead_status_change.source = 'gap'
            )
        else 0
    end as chain_breaks,
    coalesce(failed_checks.checks, 0) as failed_checks
from dm.source_change
inner join landings on source_change.source = landings.source
left join failed_checks on source_change.source = failed_checks.source;

select ops.grant_roles();
