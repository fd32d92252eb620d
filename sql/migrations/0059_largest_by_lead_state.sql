-- What:  the largest bookings down an index of dm.lead_state, so that no index of dds.fact_rentals hinders a rental whose
--        amount changes from being updated within its page
-- Data:  the states of leads get the car of each; nothing is computed anew

alter table dm.lead_state add column car_id bigint;

comment on column dm.lead_state.car_id is 'Its car; 0 when unknown';

update dm.lead_state
set car_id = fact_rentals.car_id
from dds.fact_rentals
where lead_state.lead_id = fact_rentals.lead_id and lead_state.stage is not null;

-- With the day of its start and its car, so that those of other periods and cars are passed over without a look at each.
create index lead_state_by_amount
on dm.lead_state (amount desc nulls last, lead_id) include (start_day, car_id)
where stage between 'confirmed' and 'closed' and car_id <> 0;

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
    -- Null where dm.lead_state is not built, or is to be built anew.
    read_to constant bigint := (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dm.lead_state/leads' and watermark.settings is not null
    );
    -- As many are to be passed over on the way down, for each that is wanted, as are none of these: where they are few,
    -- all of them are sooner looked at.
    has_few constant boolean := read_to is null or coalesce(
        bookings * share_of_cars ^ 2 * share_of_time ^ 2 < most, true
    );
    -- Of these dm.lead_state does not know how they are now.
    changed_since constant bigint[] := (
        select coalesce(array_agg(distinct noted.lead_id), '{}')
        from dds.leads_noted(read_to, 9223372036854775807) as noted (lead_id)
    );
    is_of_few_cars constant boolean := only_cars is not null and share_of_cars < 0.5;
begin
    if not has_few then
        return query
        select rentals.*
        from dm.lead_state
        -- Lead by lead, here and below, and not as a join: the first of millions are soon found.
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where found.lead_id = lead_state.lead_id
            offset 0
        ) as rentals
        where
            lead_state.stage between 'confirmed' and 'closed'
            and lead_state.car_id <> 0
            and (only_cars is null or lead_state.car_id = any(only_cars))
            -- Days in whatever zone the mart was built.
            and lead_state.start_day >= (from_moment at time zone 'UTC')::date - 1
            and lead_state.start_day <= (end_moment at time zone 'UTC')::date + 1
            and lead_state.lead_id <> all(changed_since)
            and rentals.is_booking
            and rentals.car_id <> 0
            and rentals.rental_end >= rentals.rental_start
            and rentals.rental_start >= from_moment
            and rentals.rental_end < end_moment
            and (only_cars is null or rentals.car_id = any(only_cars))
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
        order by lead_state.amount desc nulls last, lead_state.lead_id
        limit most;
    end if;
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
        where has_few and is_of_few_cars
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
            has_few
            and not is_of_few_cars
            and (only_cars is null or of_period.car_id = any(only_cars))
        union all
        select changed.*
        from unnest(changed_since) as leads (lead_id)
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where found.lead_id = leads.lead_id
            offset 0
        ) as changed
        where
            not has_few
            and changed.rental_end < end_moment
            and (only_cars is null or changed.car_id = any(only_cars))
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
end;
$$;

comment on function dds.bookings_by_amount(timestamptz, timestamptz, integer, bigint[], timestamptz) is 'The largest bookings with a car that lie in a period whole, so many: of some cars or of all (null), of those that have not changed since a moment or of all (null). Some more where rentals were written since dm.lead_state was built';

select ops.grant_roles();
