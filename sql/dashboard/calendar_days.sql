-- What:  how many cars are free on each day
-- Grain: one row per day
-- Reads: dds.fact_fleet_usage_day, dm.revenue_day, dm.model_day, dds.dim_car, dm.build,
--        dds.fact_rentals and history (through dm.free_cars_ahead, dm.fleet_usage_as_of); $1 as_of
--        or null, $2 first and $3 last day, $4 the present moment, $5 car or null, $6 model or null
with given as (
    select
        coalesce(dm.end_of_day($1::date), $4::timestamptz) as moment,
        -- From this day on the rule of dm.today counts; before it what was booked.
        coalesce(
            $1::date,
            least(
                ($4::timestamptz at time zone build.business_tz)::date,
                build.last_finished_day + 1
            )
        ) as open_from,
        -- The finished days of all cars are in a mart, those of a model are counted too.
        $1::date is null and $5::bigint is null as is_counted
    from dm.build
),

-- Null stands for all.
cars as materialized (
    select
        case
            when $5::bigint is not null or $6::text is not null
                then coalesce(array_agg(dim_car.car_id), '{}')
        end as car_ids
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($5::bigint is not null or $6::text is not null)
        and ($5::bigint is null or dim_car.car_id = $5::bigint)
        and ($6::text is null or coalesce(dim_car.model, '(none)') = $6::text)
),

usage as (
    select
        state.usage_date,
        state.is_rented
    from given
    cross join cars
    cross join lateral unnest(cars.car_ids) as asked (car_id)
    inner join dds.fact_fleet_usage_day as state
        on
            asked.car_id = state.car_id
            and state.usage_date between $2::date and $3::date
            and state.usage_date < given.open_from
    where $1::date is null and $5::bigint is not null
    union all
    select
        state.usage_date,
        state.is_rented
    from given
    cross join cars
    cross join lateral dm.fleet_usage_as_of(
        $1::date, $2::date, least($3::date, $1::date - 1), cars.car_ids
    ) as state
    inner join dds.dim_car on state.car_id = dim_car.car_id
    where $1::date is not null and state.car_id <> 0
),

finished as (
    select
        usage.usage_date,
        count(*)::integer as car_days,
        (count(*) filter (where not usage.is_rented))::integer as free_cars
    from usage
    group by usage.usage_date
    union all
    select
        revenue_day.usage_date,
        revenue_day.car_days,
        revenue_day.car_days - revenue_day.rented_days as free_cars
    from given
    inner join dm.revenue_day
        on
            given.is_counted
            and $6::text is null
            and revenue_day.usage_date between $2::date and $3::date
            and revenue_day.usage_date < given.open_from
    union all
    select
        model_day.usage_date,
        model_day.car_days,
        model_day.car_days - model_day.rented_days as free_cars
    from given
    inner join dm.model_day
        on
            given.is_counted
            and model_day.model = $6::text
            and model_day.usage_date between $2::date and $3::date
            and model_day.usage_date < given.open_from
),

later as (
    select ahead.*
    from given
    cross join cars
    cross join lateral dm.free_cars_ahead(
        $1::date, given.moment, greatest($2::date, given.open_from), $3::date, cars.car_ids
    ) as ahead
)

select
    calendar.day::date::text as usage_date,
    calendar.day::date < given.open_from as is_finished,
    coalesce(finished.car_days, later.car_days, 0) as car_days,
    coalesce(finished.free_cars, later.free_cars, 0) as free_cars
from given
cross join generate_series(
    $2::date::timestamp, $3::date::timestamp, interval '1 day'
) as calendar (day)
left join finished on calendar.day::date = finished.usage_date
left join later on calendar.day::date = later.usage_date
order by calendar.day
