-- What:  deletes the versions of cars that stg knows nothing of
-- Grain: one row per car that had such versions
-- Reads: ods.ods_cars_hist, stg.stg_cars

with deleted as (
    delete from ods.ods_cars_hist
    where
        not exists (
            select
            from stg.stg_cars
            where stg_cars.id = ods_cars_hist.id
        )
    returning ods_cars_hist.id
)

select
    deleted.id,
    count(*) as versions
from deleted
group by deleted.id
order by deleted.id;
