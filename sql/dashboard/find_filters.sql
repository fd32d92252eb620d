-- What:  whether a car and a model are known, deleted cars too
-- Grain: one row
-- Reads: dds.dim_car
select
    exists (select from dds.dim_car where dim_car.car_id = $1::bigint and dim_car.car_id <> 0)
        as has_car,
    exists (
        select from dds.dim_car
        where coalesce(dim_car.model, '(none)') = $2::text and dim_car.car_id <> 0
    ) as has_model;
