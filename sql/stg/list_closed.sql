-- What:  records that a load has marked as deleted: live before it, a marker their newest row
-- Grain: one row per record
-- Reads: stg.sights, $1 the entity, $2 the last landed_seq before the load

with marked_records as (
    select distinct sights.id
    from stg.sights
    where
        sights.entity = $1::text
        and sights.landed_seq > $2::bigint
        and sights.is_deleted
)

select marked_records.id::text as id
from marked_records
cross join lateral stg.newest_sight($1::text, marked_records.id) as newest_row
cross join lateral stg.newest_sight($1::text, marked_records.id, $2::bigint) as row_before
where newest_row.is_deleted and not row_before.is_deleted
order by marked_records.id;
