-- What:  shows newest.sql which rows in stg are not what the open version of their car says
-- Grain: compared_sights: a row in stg, and the open version of its car
-- Reads: stg.stg_cars, ods.ods_cars_hist
-- If:    has_doubts (of ../versions.sql)

create temporary view compared_sights as
select
    stg_cars.id,
    stg_cars.row_hash collate "C" as row_hash,
    stg_cars.is_deleted,
    stg_cars.updated_at,
    stg_cars.observed_at,
    stg_cars.landed_seq,
    ods_cars_hist.valid_from as opened_at,
    stg_cars.is_deleted = (ods_cars_hist.id is not null)
    or (
        not stg_cars.is_deleted
        and row(
            stg_cars.model, stg_cars.color, stg_cars.plate, stg_cars.vin,
            stg_cars.year, stg_cars.dailyrate, stg_cars.in_fleet_from,
            stg_cars.in_fleet_to
        ) is distinct from row(
            ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
            ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
            ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
        )
    ) as is_other
from stg.stg_cars
left join ods.ods_cars_hist
    on stg_cars.id = ods_cars_hist.id and ods_cars_hist.is_current;

select 'cars' as compared;
