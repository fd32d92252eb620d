-- What:  shows the files of the law of history the cars that changed:
--        their copies, and the versions there are
-- Grain: changed_cars: a car; copies: a copy of one; stored_versions: a version of one;
--        restores: none, since elements make no events
-- Reads: stg.stg_cars, ods.ods_cars_hist, ops.watermark

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_cars', 'ods.ods_cars_hist');

create temporary table changed_cars on commit drop as
with merged as (
    select
        watermark.position > 0 as has_any,
        watermark.position = 0
        and not exists (select from ods.ods_cars_hist) as is_first_build
    from ops.watermark
    where watermark.name = 'ods.ods_cars_hist'
),

counted as (
    select
        stg_cars.id,
        count(*) as copies,
        max(stg_cars.landed_seq) as landed_seq,
        max(stg_cars.ctid) as new_place,
        count(*) = 1 as is_one
    from stg.stg_cars
    where
        stg_cars.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_cars_hist'
        )
    group by stg_cars.id
)

select
    counted.id,
    counted.copies,
    counted.landed_seq,
    counted.new_place,
    -- Of the only new copy: when the last was seen before it, if it is the last itself.
    case
        when counted.is_one and (select merged.has_any from merged)
            then (
                select stg_cars.observed_at
                from stg.stg_cars
                where stg_cars.id = counted.id
                order by stg_cars.observed_at desc
                limit 1 offset 1
            )
    end as seen_before_at,
    counted.is_one and (select merged.is_first_build from merged) as is_alone
from counted
-- In the order of what is looked up for them: neighbours are in pages already read.
order by 1;

analyze changed_cars;

create temporary view changed_records as
select
    changed_cars.id,
    changed_cars.new_place,
    changed_cars.seen_before_at,
    changed_cars.is_alone
from changed_cars;

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

select coalesce(sum(changed_cars.copies), 0)::bigint as rows_read
from changed_cars;
