-- What:  the days of a model summed up as they change, and its largest bookings by rank: a page about five years of
--        one read all days and all bookings of its cars

create table dm.model_day (
    model text not null,
    car_days integer not null,
    rented_days integer not null,
    charged_days integer not null,
    unpriced_days integer not null,
    revenue numeric not null,
    usage_date date not null,
    constraint model_day_pkey primary key (model, usage_date)
);

comment on table dm.model_day is 'Helper, not a figure: the days of cars in dds.fact_fleet_usage_day, summed up by model; one row per model and day on which a car of it has a row, days ahead too';
comment on column dm.model_day.model is 'Model of the cars as dds.dim_car has it now, (none) without one';
comment on column dm.model_day.car_days is 'Unit: days of cars. Cars that have a row';
comment on column dm.model_day.rented_days is 'As in dm.revenue_day, of the cars of the model';
comment on column dm.model_day.charged_days is 'As in dm.revenue_day, of the cars of the model';
comment on column dm.model_day.unpriced_days is 'As in dm.revenue_day, of the cars of the model';
comment on column dm.model_day.revenue is 'As in dm.revenue_day, of the cars of the model';
comment on column dm.model_day.usage_date is 'The day, in BUSINESS_TZ';

create table dm.model_day_car (
    car_id bigint not null,
    model text not null,
    constraint model_day_car_pkey primary key (car_id)
);

comment on table dm.model_day_car is 'Helper, not a figure: to which model dm.model_day has counted the days of a car';
comment on column dm.model_day_car.car_id is 'The car';
comment on column dm.model_day_car.model is 'As in dm.model_day';

insert into dm.model_day_car (car_id, model)
select
    dim_car.car_id,
    coalesce(dim_car.model, '(none)') as model
from dds.dim_car
where dim_car.car_id <> 0;

insert into dm.model_day (
    model, car_days, rented_days, charged_days, unpriced_days, revenue, usage_date
)
select
    model_day_car.model,
    count(*) as car_days,
    count(*) filter (where usage.is_rented) as rented_days,
    sum(usage.charged_days) as charged_days,
    count(*) filter (where usage.is_unpriced) as unpriced_days,
    trim_scale(sum(usage.amount_share)) as revenue,
    usage.usage_date
from dds.fact_fleet_usage_day as usage
inner join dm.model_day_car on usage.car_id = model_day_car.car_id
group by model_day_car.model, usage.usage_date;

analyze dm.model_day;

-- What this has summed up already, the next build must not add again: it starts from everything.
update ops.watermark
set settings = null
where watermark.name = 'dm.revenue_day/car_days';

create function dds.bookings_by_amount(
    from_moment timestamptz, end_moment timestamptz, most integer, only_cars bigint[],
    unchanged_since timestamptz
)
returns setof dds.fact_rentals
language plpgsql
stable
set plan_cache_mode = force_custom_plan
-- Down the index of amounts to the last one that is wanted: the planner takes bookings of a period for a third of what
-- they are, and would sort all of them.
set enable_sort = off
as $$
declare
    -- Of the few bookings of few cars all are looked at; down the index one would meet them too seldom.
    has_few constant boolean := coalesce(
        (
            select
                cardinality(only_cars)::double precision ^ 2 * pg_class.reltuples
                < most * count(*)::double precision ^ 2
            from dds.dim_car
            cross join pg_catalog.pg_class
            where pg_class.oid = 'dds.fact_rentals'::regclass
            group by pg_class.reltuples
        ),
        false
    );
begin
    if has_few then
        return query
        select rentals.*
        from unnest(only_cars) as cars (car_id)
        -- Car by car from the first day on: one has had bookings for years.
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where
                found.car_id = cars.car_id
                and found.rental_end >= from_moment
                and found.rental_end < end_moment
            offset 0
        ) as rentals
        where
            rentals.is_booking
            and rentals.car_id <> 0
            and rentals.rental_end >= rentals.rental_start
            and rentals.rental_start >= from_moment
            and rentals.rental_start < end_moment
            and (
                unchanged_since is null
                or (
                    select true
                    from ods.ods_leads_hist as hist
                    where
                        hist.id = rentals.lead_id
                        and hist.is_current
                        and hist.valid_from <= unchanged_since
                    limit 1
                )
            )
        order by rentals.amount desc nulls last, rentals.lead_id
        limit most;
        return;
    end if;
    return query
    select rentals.*
    from dds.fact_rentals as rentals
    where
        rentals.is_booking
        and rentals.car_id <> 0
        and rentals.rental_end >= rentals.rental_start
        and rentals.rental_start >= from_moment
        and rentals.rental_start < end_moment
        and rentals.rental_end < end_moment
        and (only_cars is null or rentals.car_id = any(only_cars))
        -- Lead by lead, and not as a join: the first of millions are soon found.
        and (
            unchanged_since is null
            or (
                select true
                from ods.ods_leads_hist as hist
                where
                    hist.id = rentals.lead_id
                    and hist.is_current
                    and hist.valid_from <= unchanged_since
                limit 1
            )
        )
    order by rentals.amount desc nulls last, rentals.lead_id
    limit most;
end;
$$;

comment on function dds.bookings_by_amount(timestamptz, timestamptz, integer, bigint[], timestamptz) is 'The largest bookings with a car that lie in a period whole, so many, the largest first: of some cars or of all (null), of those that have not changed since a moment or of all (null)';

create function dds.bookings_over_edges(from_moment timestamptz, end_moment timestamptz)
returns setof dds.fact_rentals
language sql
stable
as $$
    select rentals.*
    from dds.bookings_within(from_moment, from_moment + interval '1 second') as rentals
    where
        rentals.rental_start < from_moment
        and rentals.rental_end >= rentals.rental_start
    union all
    select rentals.*
    from dds.bookings_within(end_moment - interval '1 second', end_moment) as rentals
    where
        rentals.rental_start >= from_moment
        and rentals.rental_end >= end_moment
$$;

comment on function dds.bookings_over_edges(timestamptz, timestamptz) is 'Bookings that a period does not hold whole: they begin before it or end after it';

drop function dm.largest_bookings(date, date, integer);

create function dm.largest_bookings(
    from_day date, to_day date, most integer, only_cars bigint[] default null
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
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
begin
    return query
    -- All of such a booking is in the period, so its share is its amount.
    select largest.*
    from dds.bookings_by_amount(from_moment, end_moment, most, only_cars, null) as largest
    union all
    select over_edges.*
    from dds.bookings_over_edges(from_moment, end_moment) as over_edges
    where
        over_edges.car_id <> 0
        and (only_cars is null or over_edges.car_id = any(only_cars));
end;
$$;

comment on function dm.largest_bookings(date, date, integer, bigint[]) is 'Bookings with a car, or with one of some cars, that cover days of a period: among those that lie in it whole the largest, so many; and all that reach over its edges';

create or replace function dm.largest_bookings_as_of(
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
    asked_cars constant bigint[] := (
        select coalesce(array_agg(distinct hist.id), '{}')
        from ods.ods_cars_hist as hist
        where
            hist.valid_from <= moment
            and (only_cars is null or hist.id = any(only_cars))
    );
begin
    return query
    select largest.*
    from dds.bookings_by_amount(
        from_moment, end_moment, most, asked_cars, moment
    ) as largest
    union all
    select over_edges.*
    from dds.bookings_over_edges(from_moment, end_moment) as over_edges
    where
        over_edges.car_id = any(asked_cars)
        and (
            select true
            from ods.ods_leads_hist as hist
            where
                hist.id = over_edges.lead_id
                and hist.is_current
                and hist.valid_from <= moment
            limit 1
        )
    union all
    select past.*
    from dds.past_bookings_at(
        moment, from_moment, end_moment, false, null, false
    ) as past
    where
        past.rental_end >= past.rental_start
        and past.rental_start < end_moment
        and past.rental_end >= from_moment
        and past.car_id = any(asked_cars);
end;
$$;

comment on function dm.largest_bookings_as_of(date, date, date, integer, bigint[]) is 'Bookings with a car, or with one of some cars, that cover days of a period, as they were at the end of a day: of those that lie in it whole and have not changed since the largest, so many; all that have changed or reach over its edges. What came later than that day, such as a confirmation, may be in them';

select ops.grant_roles();
