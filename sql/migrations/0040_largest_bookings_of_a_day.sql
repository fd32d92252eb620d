-- What:  the largest bookings of a period as they were at the end of a day, without all others

create function dm.largest_bookings_as_of(
    as_of date, from_day date, to_day date, most integer, only_cars bigint[] default null
)
returns setof dds.fact_rentals
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    moment constant timestamptz := dm.end_of_day(as_of);
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
    -- A car that came later was not there: such a booking lacked one.
    known_cars constant bigint[] := (
        select coalesce(array_agg(distinct hist.id), '{}')
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
    );
begin
    if only_cars is not null then
        return query
        select found.*
        from dds.bookings_at(moment, from_day, to_day, false, only_cars) as found
        where
            found.car_id <> 0
            and found.rental_end >= found.rental_start
            and found.rental_start < end_moment
            and found.rental_end >= from_moment;
        return;
    end if;
    return query
    with unchanged as (
        -- Lead by lead, here and below, and not as a join: the first of millions are soon found.
        (
            select rentals.*
            from dds.fact_rentals as rentals
            where
                rentals.is_booking
                and rentals.car_id <> 0
                and rentals.rental_end >= rentals.rental_start
                and rentals.rental_start >= from_moment
                and rentals.rental_start < end_moment
                and rentals.rental_end < end_moment
                and rentals.car_id = any(known_cars)
                and (
                    select true
                    from ods.ods_leads_hist as hist
                    where
                        hist.id = rentals.lead_id
                        and hist.is_current
                        and hist.valid_from <= moment
                    limit 1
                )
            order by rentals.amount desc nulls last, rentals.lead_id
            limit most
        )
        union all
        select over_edges.*
        from (
            select rentals.*
            from dds.bookings_within(
                from_moment, from_moment + interval '1 second'
            ) as rentals
            where rentals.rental_start < from_moment
            union all
            select rentals.*
            from dds.bookings_within(
                end_moment - interval '1 second', end_moment
            ) as rentals
            where rentals.rental_end >= end_moment and rentals.rental_start >= from_moment
        ) as over_edges
        where
            over_edges.rental_end >= over_edges.rental_start
            and over_edges.car_id = any(known_cars)
            and (
                select true
                from ods.ods_leads_hist as hist
                where
                    hist.id = over_edges.lead_id
                    and hist.is_current
                    and hist.valid_from <= moment
                limit 1
            )
    )

    select unchanged.*
    from unchanged
    union all
    select past.*
    from dds.past_bookings_at(
        moment, from_moment, end_moment, false, null, false
    ) as past
    where
        past.rental_end >= past.rental_start
        and past.rental_start < end_moment
        and past.rental_end >= from_moment
        and past.car_id = any(known_cars);
end;
$$;

comment on function dm.largest_bookings_as_of(date, date, date, integer, bigint[]) is 'Bookings with a car that cover days of a period, as they were at the end of a day: of those that lie in it whole and have not changed since the largest, so many; all that have changed or reach over its edges; of some cars all. What came later than that day, such as a confirmation, may be in them';

select ops.grant_roles();
