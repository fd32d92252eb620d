-- What:  the cars of the calendar: in the fleet on a day of the period, or booked on one
-- Grain: one row per car
-- Reads: dds.dim_car, dds.fact_fleet_usage_day, dm.build, history (through dm.fleet_at); $1 as_of
--        or null, $2 first and $3 last day, $4 the present moment, $5 car or null, $6 model or null
select
    fleet.car_id::text as car_id,
    dim_car.plate,
    coalesce(dim_car.model, '(none)') as model
from dm.fleet_at(coalesce(dm.end_of_day($1::date), $4::timestamptz)) as fleet
inner join dds.dim_car on fleet.car_id = dim_car.car_id
where
    ($5::bigint is null or fleet.car_id = $5::bigint)
    and ($6::text is null or coalesce(dim_car.model, '(none)') = $6::text)
    and (
        (fleet.joins_on <= $3::date and fleet.leaves_on >= $2::date)
        -- A deleted car, or one outside its dates, may have bookings all the same.
        or exists (
            select
            from dds.fact_fleet_usage_day as usage
            where
                usage.car_id = fleet.car_id
                and usage.usage_date between $2::date and $3::date
        )
    )
order by coalesce(dim_car.model, '(none)'), dim_car.plate, fleet.car_id
