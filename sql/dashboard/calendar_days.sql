-- What:  how many cars are free on each day
-- Grain: one row per day
-- Reads: dds.fact_fleet_usage_day, dds.fact_rentals, dds.dim_car, dm.build, history (through
--        dm.fleet_usage_as_of, dm.calendar_rentals_as_of, dm.fleet_at); $1 as_of or null,
--        $2 first and $3 last day, $4 the present moment, $5 car or null, $6 model or null
with given as (
    select
        build.business_tz,
        make_interval(mins => build.grace_minutes) as grace,
        coalesce(dm.end_of_day($1::date), $4::timestamptz) as moment,
        coalesce($1::date, ($4::timestamptz at time zone build.business_tz)::date) as today,
        coalesce($1::date, build.last_finished_day) as last_finished_day
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
    from dds.fact_fleet_usage_day as state
    where $1::date is null and state.usage_date between $2::date and $3::date
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
),

-- From here on the rule of dm.today's free cars.
on_rent as (
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

fleet_days as (
    select
        fleet.car_id,
        days.usage_date
    from given
    cross join dm.fleet_at(given.moment) as fleet
    inner join cars on fleet.car_id = cars.car_id
    inner join days
        on
            not days.is_finished
            and days.usage_date between fleet.joins_on and fleet.leaves_on
    where fleet.is_live
),

taken as (
    select
        usage.car_id,
        usage.usage_date
    from usage
    where usage.is_rented
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

later as (
    select
        fleet_days.usage_date,
        count(*)::integer as car_days,
        (count(*) filter (where taken.car_id is null))::integer as free_cars
    from fleet_days
    left join taken
        on fleet_days.car_id = taken.car_id and fleet_days.usage_date = taken.usage_date
    group by fleet_days.usage_date
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
