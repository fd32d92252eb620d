-- What:  how many live cars have a value in each custom column, before and after a load
-- Grain: one row before (is_after false) and one after; none where no car is live
-- Reads: stg.stg_cars, $1 the last landed_seq before the load (0: there was none)

select
    moments.is_after,
    count(latest_copies.model) as model,
    count(latest_copies.color) as color,
    count(latest_copies.year) as year,
    count(latest_copies.plate) as plate,
    count(latest_copies.vin) as vin,
    count(latest_copies.dailyrate) as dailyrate,
    count(latest_copies.in_fleet_from) as in_fleet_from,
    count(latest_copies.in_fleet_to) as in_fleet_to
from (values (false), (true)) as moments (is_after)
    cross join lateral (
        select distinct on (stg_cars.id)
            stg_cars.id,
            stg_cars.is_deleted,
            stg_cars.model,
            stg_cars.color,
            stg_cars.year,
            stg_cars.plate,
            stg_cars.vin,
            stg_cars.dailyrate,
            stg_cars.in_fleet_from,
            stg_cars.in_fleet_to
        from stg.stg_cars
        where moments.is_after or stg_cars.landed_seq <= $1::bigint
        order by
            stg_cars.id, stg_cars.observed_at desc, stg_cars.updated_at desc,
            stg_cars.is_deleted desc, stg_cars.row_hash collate "C" desc
    ) as latest_copies
where not latest_copies.is_deleted
group by moments.is_after
order by moments.is_after;
