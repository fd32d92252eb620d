-- What:  how many cars are free on each day
-- Grain: one row per day
-- Reads: dds.fact_fleet_usage_day, dm.revenue_day, dds.fact_rentals, dds.dim_car, dm.build, history
--        (through dm.fleet_usage_as_of, dm.calendar_rentals_as_of, dm.fleet_at); $1 as_of or null,
--        $2 first and $3 last day, $4 the present moment, $5 car or null, $6 model or null
with given as (
    select
        build.business_tz,
        make_interval(mins => build.grace_minutes) as grace,
        coalesce(dm.end_of_day($1::date), $4::timestamptz) as moment,
        coalesce($1::date, ($4::timestamptz at time zone build.business_tz)::date) as today,
        coalesce($1::date, build.last_finished_day) as last_finished_day,
        -- The finished days of all cars are in a mart.
        $1::date is null and $5::bigint is null and $6::text is null as is_whole
    from dm.build
),

cars as (
    select dim_car.car_id
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($5::bigint is null or dim_car.car_id = $5::bigint)
        and ($6::text is null or coalesce(dim_car.model, '(none)') = $6::text)
),

usage as materialized (
    select
        state.car_id,
        state.usage_date,
        state.is_rented
    from given
    cross join cars
    inner join dds.fact_fleet_usage_day as state
        on
            cars.car_id = state.car_id
            and state.usage_date between $2::date and $3::date
    where $1::date is null and not given.is_whole
    union all
    select
        state.car_id,
        state.usage_date,
        state.is_rented
    from dm.fleet_usage_as_of(
        $1::date, $2::date, $3::date,
        case
            when $5::bigint is not null or $6::text is not null
                then (select coalesce(array_agg(cars.car_id), '{}') from cars)
        end
    ) as state
    where $1::date is not null
),

days as (
    select
        calendar.day::date as usage_date,
        calendar.day::date < given.today
        and calendar.day::date <= given.last_finished_day as is_finished
    from given
    cross join generate_series(
        $2::date::timestamp, $3::date::timestamp, interval '1 day'
    ) as calendar (day)
),

used as (
    select
        usage.usage_date,
        count(*)::integer as car_days,
        (count(*) filter (where not usage.is_rented))::integer as free_cars
    from usage
    inner join cars on usage.car_id = cars.car_id
    group by usage.usage_date
    union all
    select
        revenue_day.usage_date,
        revenue_day.car_days,
        revenue_day.car_days - revenue_day.rented_days as free_cars
    from given
    inner join dm.revenue_day
        on
            given.is_whole
            and revenue_day.usage_date between $2::date and $3::date
            and revenue_day.usage_date < given.today
            and revenue_day.usage_date <= given.last_finished_day
),

-- From here on the rule of dm.today's free cars.
on_rent as materialized (
    select
        state.car_id,
        (state.rental_start at time zone given.business_tz)::date as start_day,
        state.rental_end is null as has_no_end,
        coalesce(
            dds.rental_is_over_at(state.rental_end, given.business_tz) + given.grace
            < given.moment,
            false
        ) as is_overdue
    from given
    cross join (
        select
            fact_rentals.car_id,
            fact_rentals.rental_start,
            fact_rentals.rental_end
        from dds.fact_rentals
        where $1::date is null and fact_rentals.stage = 'on_rent'
        union all
        select
            open_rentals.car_id,
            open_rentals.rental_start,
            open_rentals.rental_end
        from dm.calendar_rentals_as_of($1::date, null, null) as open_rentals
        where $1::date is not null and open_rentals.stage = 'on_rent'
    ) as state
),

fleet as materialized (
    select
        fleet_at.car_id,
        fleet_at.joins_on,
        fleet_at.leaves_on
    from given
    cross join dm.fleet_at(given.moment)
    inner join cars on fleet_at.car_id = cars.car_id
    where fleet_at.is_live
),

-- Days ahead of all cars.
booked as materialized (
    select
        rentals.car_id,
        dds.first_booked_day(rentals.rental_start, rentals.rental_end, given.business_tz)
            as first_day,
        dds.last_booked_day(rentals.rental_start, rentals.rental_end, given.business_tz)
            as last_day
    from given
    cross join dds.bookings_within(
        least(given.today, given.last_finished_day + 1)::timestamp
        at time zone given.business_tz,
        ($3::date + 1)::timestamp at time zone given.business_tz
    ) as rentals
    where given.is_whole and rentals.rental_end >= rentals.rental_start
),

taken as (
    select
        usage.car_id,
        usage.usage_date
    from usage
    where usage.is_rented
    union
    select
        booked.car_id,
        greatest(booked.first_day, $2::date) + calendar.place as usage_date
    from booked
    cross join lateral generate_series(
        0, least(booked.last_day, $3::date) - greatest(booked.first_day, $2::date)
    ) as calendar (place)
    union
    select
        on_rent.car_id,
        days.usage_date
    from given
    cross join on_rent
    inner join days
        on
            on_rent.is_overdue
            or (
                (on_rent.has_no_end or days.usage_date = given.today)
                and (on_rent.start_day <= days.usage_date or on_rent.start_day is null)
            )
    where not days.is_finished
),

taken_days as (
    select
        taken.usage_date,
        count(*) as cars
    from taken
    inner join fleet
        on
            taken.car_id = fleet.car_id
            and taken.usage_date between fleet.joins_on and fleet.leaves_on
    group by taken.usage_date
),

later as (
    select
        days.usage_date,
        count(*)::integer as car_days,
        (count(*) - coalesce(min(taken_days.cars), 0))::integer as free_cars
    from days
    inner join fleet on days.usage_date between fleet.joins_on and fleet.leaves_on
    left join taken_days on days.usage_date = taken_days.usage_date
    where not days.is_finished
    group by days.usage_date
)

select
    days.usage_date::text as usage_date,
    days.is_finished,
    coalesce(used.car_days, later.car_days, 0) as car_days,
    coalesce(used.free_cars, later.free_cars, 0) as free_cars
from days
left join used on days.is_finished and days.usage_date = used.usage_date
left join later on days.usage_date = later.usage_date
order by days.usage_date
