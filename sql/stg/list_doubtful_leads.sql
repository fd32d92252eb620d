-- What:  which copies of leads are older than a deletion that is known by now: the list lags, or
--        the lead has come back unchanged
-- Grain: one row per lead
-- Reads: stg.sights, $1 the copies as the text of a JSON array (id, updated_at in unix
--        seconds)

select copies.id::text as id
from
    jsonb_to_recordset($1::text::jsonb) as copies (id bigint, updated_at bigint)
cross join lateral stg.newest_sight('leads', copies.id) as newest_row
where newest_row.is_deleted and to_timestamp(copies.updated_at) <= newest_row.observed_at
group by copies.id;
