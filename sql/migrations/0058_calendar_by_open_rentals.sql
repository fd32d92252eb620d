-- What:  what is out by whatever dates, found for the calendar as today's page finds it

-- With its owner's rights: who reads the marts alone does not see how far each of them has come.
create or replace function dm.calendar_rentals(
    as_of date, from_day date, to_day date, only_cars bigint[] default null
)
returns table (
    lead_id bigint, car_id bigint, client_id bigint, stage text, rental_start timestamptz,
    rental_end timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
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
    from dds.open_rentals() as rentals
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

select ops.grant_roles();
