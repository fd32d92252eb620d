-- What:  shows the law of history the copies of cars, and the versions there are
-- Grain: copies: a copy of a car; stored_versions: a version of one;
--        restores: none, since elements make no events
-- Reads: stg.stg_cars, ods.ods_cars_hist
-- If:    ids_derived (of next_versions.sql)

create temporary view copies as
select
    stg_cars.id,
    stg_cars.ctid as copy_place,
    stg_cars.row_hash collate "C" as row_hash,
    stg_cars.is_deleted,
    stg_cars.deleted_by,
    stg_cars.created_at,
    stg_cars.updated_at,
    stg_cars.observed_at,
    -- A deleted copy is a marker: what it carries besides is never data.
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

create temporary view restores as
select
    null::bigint as id,
    null::timestamptz as restored_at
where false;

create temporary view stored_versions as
select
    ods_cars_hist.id,
    ods_cars_hist.ctid as stored_place,
    ods_cars_hist.is_current,
    ods_cars_hist.closed_by,
    ods_cars_hist.created_at,
    ods_cars_hist.updated_at,
    ods_cars_hist.valid_from,
    ods_cars_hist.valid_to,
    hash_record_extended(
        row(
            ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
            ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
            ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
        ),
        0
    ) as state
from ods.ods_cars_hist;

-- Nothing is counted here: the files that read them do.
select;
