-- What:  writes the versions of cars that are new, changed or no longer true
-- Grain: one row per version of a car, valid in [valid_from, valid_to)
-- Reads: versions (of versions.sql), changed_cars (of copies.sql), stg.stg_cars

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
    valid_to = versions.valid_to,
    is_current = false,
    closed_by = versions.closed_by,
    load_date = current_setting('rental.logical_date')::date
from versions
where
    ods_cars_hist.ctid = versions.stored_place
    and versions.fate = 'closed'
    and not versions.is_rewritten;

insert into ods.ods_cars_hist (
    id, model, color, plate, vin, year, dailyrate, in_fleet_from, in_fleet_to,
    created_at, updated_at, valid_from, valid_to, is_current, closed_by,
    load_date
)
select
    versions.id,
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
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current,
    versions.closed_by,
    current_setting('rental.logical_date')::date as load_date
from versions
inner join stg.stg_cars on versions.copy_place = stg_cars.ctid
where versions.fate = 'reopened' or versions.is_rewritten;

update ops.watermark
set
    position = (select max(changed_cars.landed_seq) from changed_cars),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_cars_hist'
    and exists (select from changed_cars);

drop view changed_records, copies, restores, stored_versions;

select count(*) as ids_changed
from changed_cars;
