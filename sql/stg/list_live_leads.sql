-- What:  which of some leads are live by their newest row, and when that was seen (unix seconds)
-- Grain: one row per lead that has a row
-- Reads: stg.sights, $1 the text of a JSON array of ids

select
    asked_leads.id::text as id,
    not newest_row.is_deleted as is_live,
    floor(extract(epoch from newest_row.observed_at))::float8 as seen_at
from
    (
        select distinct ids.value::bigint as id
        from jsonb_array_elements_text($1::text::jsonb) as ids (value)
    ) as asked_leads
cross join lateral stg.newest_sight('leads', asked_leads.id) as newest_row;
