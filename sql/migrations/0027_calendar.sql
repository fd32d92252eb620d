-- What:  what the calendar asks of history, for readers who see dict, dds and dm alone

create function dm.fleet_at(moment timestamptz)
returns table (car_id bigint, joins_on date, leaves_on date, is_live boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    with newest as (
        select distinct on (hist.id)
            hist.id,
            hist.in_fleet_from,
            hist.in_fleet_to,
            hist.created_at,
            hist.valid_from,
            case when hist.valid_to <= moment then hist.valid_to end as deleted_at
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
        order by hist.id, hist.valid_from desc
    )

    select
        newest.id,
        coalesce(
            newest.in_fleet_from,
            (
                coalesce(newest.created_at, newest.valid_from)
                at time zone build.business_tz
            )::date
        ),
        least(
            coalesce(newest.in_fleet_to, 'infinity'::date),
            (newest.deleted_at at time zone build.business_tz)::date
        ),
        newest.deleted_at is null
    from newest
    cross join dm.build
$$;

comment on function dm.fleet_at(timestamptz) is 'The cars known at a moment: from which day to which each is in the fleet, both included, infinity where no end is known; is_live: not deleted then';

create function dm.lead_models(lead_ids bigint[], moment timestamptz)
returns table (lead_id bigint, model text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select
        hist.id,
        coalesce(hist.model, '(none)')
    from ods.ods_leads_hist as hist
    where
        hist.id = any(lead_ids)
        and hist.valid_from <= moment
        and (hist.valid_to > moment or hist.valid_to is null)
$$;

comment on function dm.lead_models(bigint[], timestamptz) is 'The model that each of these leads asked for, as it was at a moment; (none) where it says none';

create function dm.calendar_rentals_as_of(as_of date, from_day date, to_day date)
returns table (
    lead_id bigint, car_id bigint, client_id bigint, stage text, rental_start timestamptz,
    rental_end timestamptz
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
        bookings.rental_start,
        bookings.rental_end
    from dds.bookings_at(dm.end_of_day(as_of), from_day, to_day, true) as bookings
$$;

comment on function dm.calendar_rentals_as_of(date, date, date) is 'Bookings as they were at the end of a day: those of dm.rentals_as_of(), and whatever their dates all that were Confirmed or On Rent; without a period these alone';

select ops.grant_roles();
