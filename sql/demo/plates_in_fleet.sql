-- What:  the cars of the fleet with the plate that each bears now
-- Grain: one row per car that is not deleted
-- Reads: dds.dim_car

select
    dim_car.car_id,
    dim_car.plate
from dds.dim_car
where dim_car.car_id <> 0 and not dim_car.is_deleted
order by dim_car.car_id;
