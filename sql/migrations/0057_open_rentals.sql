-- What:  open rentals found by what dm.lead_state says of their stage, so that no index of dds.fact_rentals hinders a
--        rental whose stage changes from being updated within its page

-- dm.lead_state has the stage of every lead as it was when the mart was built, and dds.changed_lead every lead whose
-- rental was written since: whoever is open now is in one of them. Where the mart is to be built anew, whoever was
-- written since may be in neither.
create function dds.open_rentals()
returns setof dds.fact_rentals
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    -- Null where the mart is not built, or is to be built anew.
    read_to constant bigint := (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dm.lead_state/leads' and watermark.settings is not null
    );
begin
    if read_to is null then
        return query
        select rentals.*
        from dds.fact_rentals as rentals
        where rentals.stage in ('confirmed', 'on_rent');
        return;
    end if;
    return query
    select rentals.*
    from (
        select lead_state.lead_id
        from dm.lead_state
        where
            lead_state.stage in ('confirmed', 'on_rent')
            -- As the index says it.
            and lead_state.stage not in ('closed', 'cancelled')
        union
        select noted.lead_id
        from dds.leads_noted(read_to, 9223372036854775807) as noted (lead_id)
    ) as leads
    -- "offset 0": lead by lead, or the planner, which cannot know how few they are, would read all rentals.
    cross join lateral (
        select found.*
        from dds.fact_rentals as found
        where found.lead_id = leads.lead_id
        offset 0
    ) as rentals
    where rentals.stage in ('confirmed', 'on_rent');
end;
$$;

comment on function dds.open_rentals() is 'Rows of dds.fact_rentals as they are now: all in confirmed or on_rent';

create or replace function dds.open_bookings(from_moment timestamptz)
returns setof dds.fact_rentals
language sql
stable
as $$
    select touching.*
    from dds.bookings_within(from_moment, 'infinity') as touching
    union all
    select rentals.*
    from dds.open_rentals() as rentals
    where
        (
            rentals.is_booking
            and greatest(rentals.rental_start, rentals.rental_end) >= from_moment
        ) is not true
$$;

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
        -- "offset 0": class by class, or the planner would read all rentals.
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
        from dds.open_rentals() as rentals
        where with_open
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

select ops.grant_roles();
