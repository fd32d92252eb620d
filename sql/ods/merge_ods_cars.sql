-- What:  writes the versions of cars that are new, changed or no longer true
-- Grain: one row per version of a car, valid in [valid_from, valid_to)
-- Reads: versions (of compared_versions.sql), closed_versions and written_versions (of
--        versions.sql), changed_cars (of copies.sql), stg.stg_cars

delete from ods.ods_cars_hist
using versions
where
    ods_cars_hist.ctid = versions.stored_place
    and (
        versions.fate in ('reopened', 'removed')
        or (versions.fate = 'closed' and versions.is_rewritten)
    );

-- A version that ends keeps its values.
update ods.ods_cars_hist
set
    valid_to = closed_versions.valid_to,
    is_current = false,
    closed_by = closed_versions.closed_by,
    load_date = current_setting('rental.logical_date')::date
from closed_versions
where ods_cars_hist.ctid = closed_versions.stored_place;

insert into ods.ods_cars_hist (
    id, model, color, plate, vin, year, dailyrate, in_fleet_from, in_fleet_to,
    created_at, updated_at, valid_from, valid_to, is_current, closed_by,
    load_date
)
select
    written_versions.id,
    stg_cars.model,
    stg_cars.color,
    stg_cars.plate,
    stg_cars.vin,
    stg_cars.year,
    stg_cars.dailyrate,
    stg_cars.in_fleet_from,
    stg_cars.in_fleet_to,
    stg_cars.created_at,
    stg_cars.updated_at,
    written_versions.valid_from,
    written_versions.valid_to,
    written_versions.valid_to is null as is_current,
    written_versions.closed_by,
    current_setting('rental.logical_date')::date as load_date
from written_versions
-- Fetched where they lie, one by one: of a first build all of stg would be put into a hash table.
cross join lateral (
    select stg_cars.*
    from stg.stg_cars
    where stg_cars.ctid = written_versions.copy_place
    offset 0
) as stg_cars;

update ops.watermark
set
    position = (select max(changed_cars.landed_seq) from changed_cars),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_cars_hist'
    and exists (select from changed_cars);

drop view changed_records, next_versions, closed_versions, written_versions, version_counts;

select count(*) as ids_changed
from changed_cars;
