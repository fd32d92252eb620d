-- What:  bookings without dates found by what dm.lead_state says, as open rentals are, and not among all leads without dates
-- Data:  nothing is computed anew

-- An index of dds.fact_rentals that is about bookings alone hinders a rental that comes to be booked from being updated
-- within its page, and one of all rentals without dates holds every lead that never came so far.
drop index if exists dds.fact_rentals_without_dates;

create index lead_state_booked_without_start
on dm.lead_state (lead_id)
where stage between 'confirmed' and 'closed' and start_day is null;

-- By dm.lead_state, and by the leads whose rental was written since it was built (see dds.open_rentals()).
create function dds.undated_bookings()
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
        where rentals.is_booking and rentals.rental_start is null and rentals.rental_end is null;
        return;
    end if;
    return query
    select rentals.*
    from (
        select lead_state.lead_id
        from dm.lead_state
        where lead_state.stage between 'confirmed' and 'closed' and lead_state.start_day is null
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
    where rentals.is_booking and rentals.rental_start is null and rentals.rental_end is null;
end;
$$;

comment on function dds.undated_bookings() is 'Rows of dds.fact_rentals as they are now: bookings without start and end';

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
        from dds.undated_bookings() as rentals
        where only_cars is null
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

create or replace function dds.unattributed_at(
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
        from dds.undated_bookings() as rentals
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

create or replace function dds.create_indexes_of_rentals()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_rentals', 'insert') then
        raise exception 'Cannot create the indexes of dds.fact_rentals: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    perform ops.create_key_of('dds.fact_rentals', 'fact_rentals_pkey', 'lead_id');

    create index if not exists fact_rentals_by_car
    on dds.fact_rentals (car_id, rental_end);

    create index if not exists fact_rentals_by_client
    on dds.fact_rentals (client_id);

    create index if not exists fact_rentals_by_booked_end
    on dds.fact_rentals (rental_end)
    where car_id <> 0 and rental_end >= rental_start;

    create index if not exists fact_rentals_by_span
    on dds.fact_rentals (
        dds.span_class(least(rental_start, rental_end), greatest(rental_start, rental_end)),
        least(rental_start, rental_end)
    );
end;
$$;

-- Without the indexes that are no more: somebody may give their names to some of his own.
create or replace function ops.drop_indexes_of(table_name text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target constant regclass := table_name;
    -- Those that the function of the table creates again; the key is found by its kind.
    created_again constant text[] := case table_name
        when 'ods.ods_leads_hist' then
            array[
                'ods_leads_hist_one_current', 'ods_leads_hist_past_by_span',
                'ods_leads_hist_current_by_opening'
            ]
        when 'dds.lead_first_status' then array[]::text[]
        when 'dds.fact_lead_status_change' then
            array['fact_lead_status_change_by_ts', 'fact_lead_status_change_gaps']
        when 'dds.fact_rentals' then
            array[
                'fact_rentals_by_car', 'fact_rentals_by_client', 'fact_rentals_by_booked_end',
                'fact_rentals_by_span'
            ]
        when 'dds.fact_fleet_usage_day' then
            array['fact_fleet_usage_day_by_date', 'fact_fleet_usage_day_doubles']
    end;
    has_rows boolean;
    one record;
begin
    if created_again is null then
        raise exception 'Cannot drop the indexes of %: nothing creates them again', table_name
            using errcode = 'invalid_parameter_value';
    end if;
    if not has_table_privilege(session_user, target, 'insert') then
        raise exception 'Cannot drop the indexes of %: this login may not write the table', table_name
            using errcode = 'insufficient_privilege';
    end if;
    begin
        execute format('lock table %s in access exclusive mode nowait', target);
    exception
        when lock_not_available then
            return false;
    end;
    execute format('select exists (select from %s)', target) into has_rows;
    if has_rows then
        return false;
    end if;
    for one in
        select
            pg_index.indexrelid::regclass as index_name,
            pg_constraint.conname as constraint_name
        from pg_index
        inner join pg_class on pg_index.indexrelid = pg_class.oid
        left join pg_constraint
            on
                pg_index.indexrelid = pg_constraint.conindid
                and pg_constraint.conrelid = target
        where
            pg_index.indrelid = target
            and (pg_index.indisprimary or pg_class.relname::text = any(created_again))
            -- What was set by it would not be known when it is created again.
            and not pg_index.indisreplident
            and not pg_index.indisclustered
    loop
        begin
            if one.constraint_name is null then
                execute format('drop index %s', one.index_name);
            else
                execute format('alter table %s drop constraint %I', target, one.constraint_name);
            end if;
        exception
            -- A foreign key or a view of somebody else: it stays, and rows are put into it one by one.
            when dependent_objects_still_exist then
                null;
        end;
    end loop;
    return true;
end;
$$;

select ops.grant_roles();
