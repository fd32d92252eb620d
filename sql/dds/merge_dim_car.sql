-- What:  brings dim_car up to the history of cars (a deleted car: its last version)
-- Grain: one row per car
-- Reads: ods.ods_cars_hist, stg.stg_cars (which changed), ops.watermark

select ops.lock_watermarks('ods.ods_cars_hist', 'dds.dim_car');

create temporary table changed_cars on commit drop as
select distinct stg_cars.id
from stg.stg_cars
where
    stg_cars.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dds.dim_car'
    )
    and stg_cars.landed_seq <= (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_cars_hist'
    );

analyze changed_cars;

-- None for a car whose only version was overruled by a copy that landed later: there
-- never was such a car.
create temporary table desired_cars (
    like dds.dim_car
) on commit drop;

insert into desired_cars (
    car_id, model, color, plate, vin, year, dailyrate, is_deleted,
    in_fleet_from, in_fleet_to, created_at, updated_at, load_date
)
select distinct on (ods_cars_hist.id)
    ods_cars_hist.id as car_id,
    ods_cars_hist.model,
    ods_cars_hist.color,
    ods_cars_hist.plate,
    ods_cars_hist.vin,
    ods_cars_hist.year,
    ods_cars_hist.dailyrate,
    not ods_cars_hist.is_current as is_deleted,
    ods_cars_hist.in_fleet_from,
    ods_cars_hist.in_fleet_to,
    ods_cars_hist.created_at,
    ods_cars_hist.updated_at,
    current_setting('rental.logical_date')::date as load_date
from ods.ods_cars_hist
inner join changed_cars on ods_cars_hist.id = changed_cars.id
order by ods_cars_hist.id, ods_cars_hist.valid_from desc;

create temporary table car_changes on commit drop as
select
    changed_cars.id as car_id,
    dim_car.car_id is null as is_new,
    desired_cars.car_id is null as is_gone
from changed_cars
left join dds.dim_car on changed_cars.id = dim_car.car_id
left join desired_cars on changed_cars.id = desired_cars.car_id
where
    to_jsonb(dim_car) - 'load_date'
    is distinct from to_jsonb(desired_cars) - 'load_date';

delete from dds.dim_car
using car_changes
where dim_car.car_id = car_changes.car_id;

insert into dds.dim_car
select desired_cars.*
from desired_cars
inner join car_changes on desired_cars.car_id = car_changes.car_id;

select ops.finish_reading('dds.dim_car', watermark.position, null, null)
from ops.watermark
where watermark.name = 'ods.ods_cars_hist';

select
    (select count(*) from changed_cars) as rows_read,
    count(*) as rows_written,
    count(*) filter (where car_changes.is_new) as cars_inserted,
    count(*) filter (
        where not car_changes.is_new and not car_changes.is_gone
    ) as cars_updated,
    count(*) filter (where car_changes.is_gone) as cars_deleted
from car_changes;
