-- What:  how the days of cars were used, in runs of days that are alike
-- Grain: one row per car and run of days
-- Reads: dds.fact_fleet_usage_day, dm.build; $1 as_of or null, $2 first and $3 last day, $4 ids
--        of cars as a JSON array
with cars as (
    select jsonb_array_elements_text($4::text::jsonb)::bigint as car_id
),

last_finished as (
    select coalesce($1::date, build.last_finished_day) as day
    from dm.build
),

days as (
    select
        usage.car_id,
        usage.usage_date,
        usage.is_rented,
        usage.is_double_booked
    from cars
    inner join dds.fact_fleet_usage_day as usage
        on
            cars.car_id = usage.car_id
            and usage.usage_date between $2::date and $3::date
    where $1::date is null
    union all
    select
        state.car_id,
        state.usage_date,
        state.is_rented,
        state.is_double_booked
    from dm.fleet_usage_as_of(
        $1::date, $2::date, $3::date,
        (select coalesce(array_agg(cars.car_id), '{}') from cars)
    ) as state
    where $1::date is not null
),

states as (
    select
        days.car_id,
        days.usage_date,
        case
            when days.is_double_booked then 'double_booked'
            when days.is_rented and days.usage_date > last_finished.day then 'booked'
            when days.is_rented then 'rented'
            else 'idle'
        end as state
    from days
    cross join last_finished
    -- A later day without a booking is not idle: it may still be booked.
    where days.is_rented or days.usage_date <= last_finished.day
),

runs as (
    select
        states.*,
        states.usage_date - (
            row_number() over (
                partition by states.car_id, states.state
                order by states.usage_date
            )
        )::integer as run
    from states
)

select
    runs.car_id::text as car_id,
    min(runs.usage_date)::text as first_day,
    max(runs.usage_date)::text as last_day,
    runs.state
from runs
group by runs.car_id, runs.state, runs.run
order by runs.car_id, 2
