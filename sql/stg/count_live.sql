-- What:  how many records were live before a load
-- Grain: one row
-- Reads: stg.sights, $1 the entity, $2 the last landed_seq before the load

with newest_rows as (
    select distinct on (sights.id) sights.is_deleted
    from stg.sights
    where sights.entity = $1::text and sights.landed_seq <= $2::bigint
    order by
        sights.id,
        sights.observed_at desc,
        sights.updated_at desc,
        sights.is_deleted desc,
        sights.row_hash collate "C" desc
)

select count(*) filter (where not newest_rows.is_deleted) as records
from newest_rows;
