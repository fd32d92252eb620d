-- What:  elements of a catalog that are live by their newest row
-- Grain: one row per element, a thousand of them at most
-- Reads: stg.sights, $1 the entity, $2 the last id that is known already

with newest_rows as (
    select distinct on (sights.id)
        sights.id,
        sights.is_deleted
    from stg.sights
    where sights.entity = $1::text and sights.id > $2::bigint
    order by
        sights.id,
        sights.observed_at desc,
        sights.updated_at desc,
        sights.is_deleted desc,
        sights.row_hash collate "C" desc
)

select newest_rows.id::text as id
from newest_rows
where not newest_rows.is_deleted
order by newest_rows.id
limit 1000;
