-- What:  the way of before, a baseline for bench/fleet_usage_bench.ts alone: rebuilds the whole
--        life of every car that a changed booking touches
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: dds.fact_rentals, dds.fact_fleet_usage_day_pending, ods.ods_cars_hist,
--        stg.stg_cars (which cars changed), ops.watermark

select ops.lock_watermarks(
    'ods.ods_cars_hist', 'dds.fact_fleet_usage_day',
    'dds.fact_fleet_usage_day/cars'
);

create temporary table pending_cars on commit drop as
select distinct unnest(fact_fleet_usage_day_pending.car_ids) as car_id
from dds.fact_fleet_usage_day_pending;

create temporary table reading on commit drop as
with booked as (
    -- Days that the latest bookings of known cars cover; a same-day rental its day.
    select
        greatest(
            (
                fact_rentals.rental_start
                at time zone current_setting('rental.business_tz')
            )::date,
            (
                fact_rentals.rental_end
                at time zone current_setting('rental.business_tz')
            )::date - 1
        ) as last_day
    from dds.fact_rentals
    where
        fact_rentals.is_booking
        and fact_rentals.car_id <> 0
        and fact_rentals.rental_end >= fact_rentals.rental_start
        and fact_rentals.rental_end >= (
            select max(latest.rental_end) - interval '2 days'
            from dds.fact_rentals as latest
            where
                latest.is_booking
                and latest.car_id <> 0
                and latest.rental_end >= latest.rental_start
        )
)

select
    false as is_reset,
    -- A run for an older date does not take days away that a newer one has added.
    greatest(
        usage_done.cursor_day, current_setting('rental.logical_date')::date
    ) as newest_date,
    greatest(
        usage_done.cursor_day,
        current_setting('rental.logical_date')::date,
        (select max(booked.last_day) from booked)
    ) as last_day,
    cars_done.position as cars_from,
    cars_ready.position as cars_to
from ops.watermark as usage_done
cross join ops.watermark as cars_done
cross join ops.watermark as cars_ready
where
    usage_done.name = 'dds.fact_fleet_usage_day'
    and cars_done.name = 'dds.fact_fleet_usage_day/cars'
    and cars_ready.name = 'ods.ods_cars_hist';

create temporary table changed_cars on commit drop as
select pending_cars.car_id as id
from pending_cars
union
select stg_cars.id
from stg.stg_cars
inner join reading
    on
        stg_cars.landed_seq > reading.cars_from
        and stg_cars.landed_seq <= reading.cars_to
union
select ods_cars_hist.id
from ods.ods_cars_hist
inner join reading on reading.is_reset;

analyze changed_cars;

-- Changed cars are built from their first day, the others from where their days end.
create temporary table cars_to_build on commit drop as
select
    cars.id as car_id,
    changed_cars.id is not null as is_changed,
    case
        when changed_cars.id is null
            then coalesce(built.last_built_day + 1, '-infinity'::date)
        else '-infinity'::date
    end as from_day
from (
    select
        ods_cars_hist.id,
        max(coalesce(ods_cars_hist.valid_to, 'infinity'::timestamptz)) as ended_at
    from ods.ods_cars_hist
    group by ods_cars_hist.id
) as cars
cross join reading
left join changed_cars on cars.id = changed_cars.id
left join lateral (
    select max(fact_fleet_usage_day.usage_date) as last_built_day
    from dds.fact_fleet_usage_day
    where fact_fleet_usage_day.car_id = cars.id
) as built on true
where
    changed_cars.id is not null
    or built.last_built_day is null
    or built.last_built_day < least(
        reading.last_day::timestamp,
        cars.ended_at at time zone current_setting('rental.business_tz')
        - interval '1 microsecond'
    )::date;

analyze cars_to_build;

create temporary table booked_days on commit drop as
with bookings as (
    select
        fact_rentals.lead_id,
        fact_rentals.car_id,
        coalesce(fact_rentals.amount, 0) as amount,
        (
            fact_rentals.rental_start
            at time zone current_setting('rental.business_tz')
        )::date as first_day,
        greatest(
            1,
            (
                fact_rentals.rental_end
                at time zone current_setting('rental.business_tz')
            )::date
            - (
                fact_rentals.rental_start
                at time zone current_setting('rental.business_tz')
            )::date
        ) as days
    from dds.fact_rentals
    inner join cars_to_build on fact_rentals.car_id = cars_to_build.car_id
    where
        fact_rentals.is_booking
        and fact_rentals.rental_end >= fact_rentals.rental_start
        and (
            cars_to_build.from_day = '-infinity'
            or fact_rentals.rental_end
            >= cars_to_build.from_day::timestamp
            at time zone current_setting('rental.business_tz')
        )
),

shares as (
    -- Even shares in whole cents; what they leave over falls on the last day.
    select
        bookings.lead_id,
        bookings.car_id,
        bookings.first_day + place.days_before as usage_date,
        case
            when place.days_before < bookings.days - 1
                then trunc(bookings.amount / bookings.days, 2)
            else
                bookings.amount
                - trunc(bookings.amount / bookings.days, 2) * (bookings.days - 1)
        end as amount_share
    from bookings
    cross join
        lateral generate_series(0, bookings.days - 1) as place (days_before)
)

select
    shares.car_id,
    shares.usage_date,
    count(*)::integer as rentals_cnt,
    array_agg(shares.lead_id order by shares.lead_id) as lead_ids,
    sum(shares.amount_share) as amount_share
from shares
group by shares.car_id, shares.usage_date;

create temporary table desired_days on commit drop as
with versions as (
    -- The last version to open on a day or before it is the one of that day; the first
    -- one stands for the days before it too.
    select
        ods_cars_hist.id as car_id,
        ods_cars_hist.plate,
        cars_to_build.from_day,
        row_number() over history as place,
        coalesce(ods_cars_hist.created_at, ods_cars_hist.valid_from) as created_at,
        (
            ods_cars_hist.valid_from
            at time zone current_setting('rental.business_tz')
        )::date as opens_on,
        (
            lead(ods_cars_hist.valid_from) over history
            at time zone current_setting('rental.business_tz')
        )::date as next_opens_on,
        (
            ods_cars_hist.valid_to at time zone current_setting('rental.business_tz')
            - interval '1 microsecond'
        )::date as last_valid_on
    from ods.ods_cars_hist
    inner join cars_to_build on ods_cars_hist.id = cars_to_build.car_id
    window history as (
        partition by ods_cars_hist.id
        order by ods_cars_hist.valid_from
    )
),

first_booked_days as (
    select
        booked_days.car_id,
        min(booked_days.usage_date) as first_booked_day
    from booked_days
    group by booked_days.car_id
),

spans as (
    select
        versions.car_id,
        versions.plate,
        greatest(
            versions.from_day,
            case
                when versions.place > 1 then versions.opens_on
                else
                    least(
                        (
                            versions.created_at
                            at time zone current_setting('rental.business_tz')
                        )::date,
                        first_booked_days.first_booked_day
                    )
            end
        ) as first_day,
        least(
            versions.next_opens_on - 1, versions.last_valid_on, reading.last_day
        ) as last_day
    from versions
    cross join reading
    left join first_booked_days on versions.car_id = first_booked_days.car_id
)

select
    spans.car_id,
    spans.plate,
    coalesce(booked_days.rentals_cnt, 0) as rentals_cnt,
    coalesce(booked_days.lead_ids, '{}'::bigint[]) as lead_ids,
    coalesce(booked_days.amount_share, 0) as amount_share,
    coalesce(booked_days.rentals_cnt, 0) > 0 as is_rented,
    coalesce(booked_days.rentals_cnt, 0) > 1 as is_double_booked,
    calendar.usage_date::date as usage_date
from spans
cross join
    lateral generate_series(
        spans.first_day::timestamp, spans.last_day::timestamp, interval '1 day'
    ) as calendar (usage_date)
left join booked_days
    on
        spans.car_id = booked_days.car_id
        and calendar.usage_date::date = booked_days.usage_date;

create index on desired_days (car_id, usage_date);
analyze desired_days;

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0
) on commit drop;

with days_after_the_last as (
    delete from dds.fact_fleet_usage_day
    where
        fact_fleet_usage_day.usage_date
        > (select reading.last_day from reading)
    returning fact_fleet_usage_day.car_id
)

insert into merge_counts (deleted)
select count(*)
from days_after_the_last;

with days_gone as (
    delete from dds.fact_fleet_usage_day
    using changed_cars
    where
        fact_fleet_usage_day.car_id = changed_cars.id
        and not exists (
            select
            from desired_days
            where
                desired_days.car_id = fact_fleet_usage_day.car_id
                and desired_days.usage_date = fact_fleet_usage_day.usage_date
        )
    returning fact_fleet_usage_day.car_id
)

insert into merge_counts (deleted)
select count(*)
from days_gone;

with written_days as (
    insert into dds.fact_fleet_usage_day (
        car_id, plate, rentals_cnt, lead_ids, amount_share, is_rented,
        is_double_booked, usage_date, load_date
    )
    select
        desired_days.car_id,
        desired_days.plate,
        desired_days.rentals_cnt,
        desired_days.lead_ids,
        desired_days.amount_share,
        desired_days.is_rented,
        desired_days.is_double_booked,
        desired_days.usage_date,
        current_setting('rental.logical_date')::date as load_date
    from desired_days
    on conflict (car_id, usage_date) do update
    set
        plate = excluded.plate,
        rentals_cnt = excluded.rentals_cnt,
        lead_ids = excluded.lead_ids,
        amount_share = excluded.amount_share,
        is_rented = excluded.is_rented,
        is_double_booked = excluded.is_double_booked,
        load_date = excluded.load_date
    where
        row(
            fact_fleet_usage_day.plate, fact_fleet_usage_day.rentals_cnt,
            fact_fleet_usage_day.lead_ids, fact_fleet_usage_day.amount_share
        ) is distinct from row(
            excluded.plate, excluded.rentals_cnt, excluded.lead_ids,
            excluded.amount_share
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning fact_fleet_usage_day.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_days.is_new),
    count(*) filter (where not written_days.is_new)
from written_days;

select
    (select count(*) from cars_to_build) as rows_read,
    sum(merge_counts.deleted + merge_counts.inserted + merge_counts.updated)::bigint
        as rows_written,
    (select count(*) from cars_to_build where cars_to_build.is_changed)
        as cars_changed,
    sum(merge_counts.inserted)::bigint as days_inserted,
    sum(merge_counts.updated)::bigint as days_updated,
    sum(merge_counts.deleted)::bigint as days_deleted,
    (
        select count(*)
        from desired_days
        where desired_days.is_double_booked
    ) as double_booked_days,
    (
        select count(*)
        from booked_days
        where
            not exists (
                select
                from dds.fact_fleet_usage_day
                where
                    fact_fleet_usage_day.car_id = booked_days.car_id
                    and fact_fleet_usage_day.usage_date = booked_days.usage_date
            )
    ) as warning_booked_days_outside_fleet
from merge_counts;
