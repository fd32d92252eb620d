-- What:  how the days of cars were used, in runs of days that are alike
-- Grain: one row per car and run of days
-- Reads: dds.fact_fleet_usage_day; $1 as_of or null, $2 first and $3 last day, $4 ids of cars
--        as a JSON array
with cars as (
    select jsonb_array_elements_text($4::text::jsonb)::bigint as car_id
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
    from dm.fleet_usage_as_of($1::date, $2::date, $3::date) as state
    inner join cars on state.car_id = cars.car_id
    where $1::date is not null
),

runs as (
    select
        days.*,
        days.usage_date - (
            row_number() over (
                partition by days.car_id, days.is_rented, days.is_double_booked
                order by days.usage_date
            )
        )::integer as run
    from days
)

select
    runs.car_id::text as car_id,
    min(runs.usage_date)::text as first_day,
    max(runs.usage_date)::text as last_day,
    case
        when runs.is_double_booked then 'double_booked'
        when runs.is_rented then 'rented'
        else 'idle'
    end as state
from runs
group by runs.car_id, runs.run, runs.is_rented, runs.is_double_booked
order by runs.car_id, 2
