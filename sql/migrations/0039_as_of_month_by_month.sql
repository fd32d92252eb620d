-- What:  the state of an earlier day without reading all clients, or all months of all cars, and the months of cars
--        for money and use at once

-- The versions of a moment, and whether a lead has changed since, from the index alone.
create or replace function ods.create_indexes_of_leads()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'ods.ods_leads_hist', 'insert') then
        raise exception 'Cannot create the indexes of ods.ods_leads_hist: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    create unique index if not exists ods_leads_hist_one_current
    on ods.ods_leads_hist (id)
    include (valid_from)
    where is_current;

    -- "C": the locale of the database takes longer to compare, by the rules of a language, what is equal or is not.
    create index if not exists ods_leads_hist_by_plate
    on ods.ods_leads_hist ((ods.lookup_key(plate)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_license
    on ods.ods_leads_hist ((ods.lookup_key(license)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_car_element
    on ods.ods_leads_hist (car_element_id)
    where is_current and car_element_id is not null;

    create index if not exists ods_leads_hist_by_client_element
    on ods.ods_leads_hist (client_element_id)
    where is_current and client_element_id is not null;

    create index if not exists ods_leads_hist_past_by_span
    on ods.ods_leads_hist (dds.span_class(valid_from, valid_to), valid_from)
    include (id, valid_to, pipeline_id, status_id, rental_start, rental_end)
    where not is_current;

    create index if not exists ods_leads_hist_current_by_opening
    on ods.ods_leads_hist (valid_from, rental_start, id)
    where is_current;
end;
$$;

drop index ods.ods_leads_hist_past_by_span;
drop index ods.ods_leads_hist_one_current;

select ods.create_indexes_of_leads();

create or replace function dds.past_bookings_at(
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
        -- From the index of spans alone, class by class ("offset 0"): the planner cannot know how few versions
        -- a moment has, and would read them all. Most were no bookings, or of other days.
        cross join lateral (
            select
                past.id,
                past.valid_from,
                past.status_id,
                past.rental_start,
                past.rental_end
            from ods.ods_leads_hist as past
            where
                not past.is_current
                and dds.span_class(past.valid_from, past.valid_to) = classes.class
                and past.valid_from >= dds.span_reach(moment, classes.class)
                and past.valid_from <= moment
                and past.valid_to > moment
                and past.pipeline_id = bounds.pipeline_id
            offset 0
        ) as found
        inner join statuses on found.status_id = statuses.status_id
        cross join lateral (
            select whole.*
            from ods.ods_leads_hist as whole
            where whole.id = found.id and whole.valid_from = found.valid_from
            offset 0
        ) as hist
        where
            only_cars is not null
            or (with_open and statuses.stage in ('confirmed', 'on_rent'))
            or coalesce(found.rental_start, found.rental_end) is null
            or (
                least(found.rental_start, found.rental_end) < end_moment
                and greatest(found.rental_start, found.rental_end) >= from_moment
            )
            or least(found.rental_start, found.rental_end) < bounds.horizon_moment
            or least(found.rental_start, found.rental_end) >= bounds.horizon_end
    ),

    linked as (
        select
            versions.*,
            case
                when
                    versions.car_element_id = 0
                    -- Of one row each, here and below: for an "exists" all clients would be read.
                    or (
                        select true
                        from ods.ods_cars_hist
                        where ods_cars_hist.id = versions.car_element_id
                        limit 1
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
                or (
                    select true
                    from ods.ods_clients_hist
                    where ods_clients_hist.id = linked.client_element_id
                    limit 1
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

create or replace function dds.car_months_at(
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
            months.month,
            usage.car_id,
            usage.car_days,
            usage.rented_days,
            usage.longest_idle_run,
            usage.double_booked_days,
            usage.charged_days,
            usage.unpriced_days,
            0,
            usage.revenue,
            0
        from months
        -- Month by month: in one join all months would be read.
        cross join lateral (
            select
                cars.car_id,
                cars.car_days,
                cars.rented_days,
                cars.longest_idle_run,
                cars.double_booked_days,
                coalesce(money.charged_days, 0) as charged_days,
                coalesce(money.unpriced_days, 0) as unpriced_days,
                coalesce(money.revenue, 0) as revenue
            from dm.fleet_utilisation_month as cars
            left join dm.revenue_month as money
                on
                    money.month = months.month
                    and money.level = 'car'
                    and cars.car_id = money.car_id
                    and cars.model = money.model
            where cars.month = months.month and cars.level = 'car'
            offset 0
        ) as usage
        where
            months.month < open_from
            and not exists (
                select
                from touched
                where
                    touched.car_id = usage.car_id
                    and touched.month = months.month
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

create function dm.car_months_as_of(as_of date, from_month date, to_month date)
returns table (
    month date, car_id bigint, model text, car_days integer, rented_days integer,
    longest_idle_run integer, double_booked_days integer, revenue numeric
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select
        months.month,
        months.car_id,
        months.model,
        months.car_days,
        months.rented_days,
        months.longest_idle_run,
        months.double_booked_days,
        trim_scale(months.revenue)
    from dds.car_months_at(
        dm.end_of_day(as_of), as_of, from_month, least(to_month, as_of),
        (
            select coalesce(array_agg(calendar.month::date), '{}')
            from generate_series(
                date_trunc('month', from_month), least(to_month, as_of), interval '1 month'
            ) as calendar (month)
        ),
        false
    ) as months
    where months.car_days > 0
$$;

comment on function dm.car_months_as_of(date, date, date) is 'What dm.fleet_utilisation_month and dm.revenue_month say of cars and days up to the last finished one, from one look, as it was at the end of a day: as_of, first month, last month';

select ops.grant_roles();
