-- What:  the cars that a filter offers, deleted ones too, with their models
-- Grain: one row per car
-- Reads: dds.dim_car
select
    dim_car.car_id::float8 as id,
    coalesce(dim_car.model, '(none)') as model,
    concat_ws(
        ' · ',
        coalesce(dim_car.model, '(none)'),
        coalesce(nullif(dim_car.plate, ''), dim_car.car_id::text),
        -- Two cars with one plate, at the same time or one after the other.
        case
            when
                dim_car.plate <> ''
                and count(*) over (partition by dim_car.model, dim_car.plate) > 1
                then dim_car.car_id::text
        end
    ) as name
from dds.dim_car
where dim_car.car_id <> 0
order by model, name, id;
