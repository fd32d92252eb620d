-- What:  the days from which cars bear another plate
-- Grain: one row per car and such a day
-- Reads: dds.fact_fleet_usage_day; $1 as_of or null, $2 first and $3 last day, $4 ids of cars
--        as a JSON array
-- Nothing of as_of is asked of history: the plates of the days up to it are those known now.
with cars as (
    select jsonb_array_elements_text($4::text::jsonb)::bigint as car_id
),

usage as (
    select
        state.car_id,
        state.usage_date,
        state.plate
    from cars
    inner join dds.fact_fleet_usage_day as state
        on
            cars.car_id = state.car_id
            and state.usage_date between $2::date - 1 and least($3::date, $1::date)
),

neighbours as (
    select
        usage.*,
        lag(usage.plate) over days as plate_before,
        row_number() over days > 1 as has_day_before
    from usage
    window days as (partition by usage.car_id order by usage.usage_date)
)

select
    neighbours.car_id::text as car_id,
    neighbours.usage_date::text as usage_date,
    neighbours.plate_before,
    neighbours.plate
from neighbours
where
    neighbours.has_day_before
    and neighbours.plate is distinct from neighbours.plate_before
order by neighbours.car_id, neighbours.usage_date
