-- What:  shows scope_newest.sql the cars that changed: their rows in stg, and the versions that
--        are open
-- Grain: looked_at: a car; sights: a row in stg; open_versions: an open version of a car
-- Reads: changed_cars, stg.stg_cars, ods.ods_cars_hist

create temporary view looked_at as
select changed_cars.id
from changed_cars;

create temporary view sights as
select
    stg_cars.id,
    stg_cars.row_hash collate "C" as row_hash,
    stg_cars.is_deleted,
    stg_cars.updated_at,
    stg_cars.observed_at,
    stg_cars.landed_seq,
    -- A deleted row is a marker: it has no state.
    case
        when not stg_cars.is_deleted
            then hash_record_extended(
                row(
                    stg_cars.model, stg_cars.color, stg_cars.plate,
                    stg_cars.vin, stg_cars.year, stg_cars.dailyrate,
                    stg_cars.in_fleet_from, stg_cars.in_fleet_to
                ),
                0
            )
    end as state
from stg.stg_cars;

create temporary view open_versions as
select
    ods_cars_hist.id,
    ods_cars_hist.valid_from,
    hash_record_extended(
        row(
            ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
            ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
            ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
        ),
        0
    ) as state
from ods.ods_cars_hist
where ods_cars_hist.is_current;

select set_config('rental.newest_of', 'ods.ods_cars_hist', true) as newest_of;
