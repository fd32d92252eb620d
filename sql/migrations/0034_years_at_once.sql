-- What:  what pages about years ask for by rank, found without reading all of it

create index fact_rentals_by_amount
on dds.fact_rentals (amount desc nulls last, lead_id)
where is_booking and car_id <> 0 and rental_end >= rental_start;

-- The longest lead times first: dm.lead_time by its own rule.
create index lead_state_by_lead_days
on dm.lead_state ((start_day - confirmed_day) desc, lead_id desc)
where
    stage between 'confirmed' and 'closed'
    and confirmed_day is not null
    and start_day is not null;

create function dm.largest_bookings(from_day date, to_day date, most integer)
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
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
begin
    return query
    -- All of such a booking is in the period, so its share is its amount.
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
        order by rentals.amount desc nulls last, rentals.lead_id
        limit most
    )
    union all
    select rentals.*
    from dds.bookings_within(from_moment, from_moment + interval '1 second') as rentals
    where
        rentals.car_id <> 0
        and rentals.rental_end >= rentals.rental_start
        and rentals.rental_start < from_moment
    union all
    select rentals.*
    from dds.bookings_within(end_moment - interval '1 second', end_moment) as rentals
    where
        rentals.car_id <> 0
        and rentals.rental_end >= end_moment
        and rentals.rental_start >= from_moment;
end;
$$;

comment on function dm.largest_bookings(date, date, integer) is 'Bookings with a car that cover days of a period: among those that lie in it whole the largest, so many; and all that reach over its edges';

select ops.grant_roles();
