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

create temporary table merge_counts (
    inserted bigint not null default 0,
    updated bigint not null default 0,
    deleted bigint not null default 0
) on commit drop;

-- Its only version was overruled by a later landed copy: there never was such a car.
with gone_cars as (
    delete from dds.dim_car
    using changed_cars
    where
        dim_car.car_id = changed_cars.id
        and not exists (
            select
            from ods.ods_cars_hist
            where ods_cars_hist.id = changed_cars.id
        )
    returning dim_car.car_id
)

insert into merge_counts (deleted)
select count(*)
from gone_cars;

with last_versions as (
    select distinct on (ods_cars_hist.id) ods_cars_hist.*
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    order by ods_cars_hist.id, ods_cars_hist.valid_from desc
),

written_cars as (
    insert into dds.dim_car (
        car_id, load_date,
        model, color, plate, vin, year, dailyrate, is_deleted, created_at,
        updated_at
    )
    select
        last_versions.id as car_id,
        current_setting('rental.logical_date')::date as load_date,
        last_versions.model,
        last_versions.color,
        last_versions.plate,
        last_versions.vin,
        last_versions.year,
        last_versions.dailyrate,
        not last_versions.is_current as is_deleted,
        last_versions.created_at,
        last_versions.updated_at
    from last_versions
    on conflict (car_id) do update
    set
        model = excluded.model,
        color = excluded.color,
        plate = excluded.plate,
        vin = excluded.vin,
        year = excluded.year,
        dailyrate = excluded.dailyrate,
        is_deleted = excluded.is_deleted,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at,
        load_date = excluded.load_date
    where
        row(
            dim_car.model, dim_car.color, dim_car.plate, dim_car.vin,
            dim_car.year, dim_car.dailyrate, dim_car.is_deleted,
            dim_car.created_at, dim_car.updated_at
        ) is distinct from row(
            excluded.model, excluded.color, excluded.plate, excluded.vin,
            excluded.year, excluded.dailyrate, excluded.is_deleted,
            excluded.created_at, excluded.updated_at
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning dim_car.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_cars.is_new),
    count(*) filter (where not written_cars.is_new)
from written_cars;

update ops.watermark
set
    position = ods_watermark.position,
    changed_at = clock_timestamp()
from ops.watermark as ods_watermark
where
    watermark.name = 'dds.dim_car'
    and ods_watermark.name = 'ods.ods_cars_hist'
    and watermark.position <> ods_watermark.position;

select
    (select count(*) from changed_cars) as rows_read,
    sum(merge_counts.inserted + merge_counts.updated + merge_counts.deleted)::bigint
        as rows_written,
    sum(merge_counts.inserted)::bigint as cars_inserted,
    sum(merge_counts.updated)::bigint as cars_updated,
    sum(merge_counts.deleted)::bigint as cars_deleted
from merge_counts;
