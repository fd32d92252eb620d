-- What:  the largest bookings of a short period by looking at all of it: down the index of amounts one would meet them
--        too seldom

create or replace function dds.bookings_by_amount(
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
    share_of_cars constant double precision := coalesce(
        cardinality(only_cars)::double precision / (
            select nullif(count(*), 0)
            from dds.dim_car
            where dim_car.car_id <> 0
        ),
        1
    );
    share_of_time constant double precision := (
        select
            greatest(
                extract(
                    epoch from least(end_moment, known.to_day)
                    - greatest(from_moment, known.from_day)
                ),
                0
            ) / extract(epoch from known.to_day - known.from_day)
        from (
            select
                min(revenue_day.usage_date)::timestamptz as from_day,
                (max(revenue_day.usage_date) + 1)::timestamptz as to_day
            from dm.revenue_day
        ) as known
    );
    bookings constant double precision := (
        select greatest(pg_class.reltuples, 0)
        from pg_catalog.pg_class
        where pg_class.oid = 'dds.fact_rentals'::regclass
    );
    -- As many are to be passed over on the way down, for each that is wanted, as are none of these: where they are few,
    -- all of them are sooner looked at.
    has_few constant boolean := coalesce(
        bookings * share_of_cars ^ 2 * share_of_time ^ 2 < most, true
    );
    is_of_few_cars constant boolean := only_cars is not null and share_of_cars < 0.5;
begin
    if has_few then
        return query
        select rentals.*
        from (
            -- Car by car from the first day on: one has had bookings for years.
            select of_car.*
            from unnest(only_cars) as cars (car_id)
            cross join lateral (
                select found.*
                from dds.fact_rentals as found
                where
                    found.car_id = cars.car_id
                    and found.rental_end >= from_moment
                    and found.rental_end < end_moment
                offset 0
            ) as of_car
            where is_of_few_cars
            union all
            select of_period.*
            from (
                select found.*
                from dds.fact_rentals as found
                where
                    found.is_booking
                    and found.car_id <> 0
                    and found.rental_end >= found.rental_start
                    and found.rental_end >= from_moment
                    and found.rental_end < end_moment
                offset 0
            ) as of_period
            where
                not is_of_few_cars
                and (only_cars is null or of_period.car_id = any(only_cars))
        ) as rentals
        where
            rentals.is_booking
            and rentals.car_id <> 0
            and rentals.rental_end >= rentals.rental_start
            and rentals.rental_start >= from_moment
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

select ops.grant_roles();
