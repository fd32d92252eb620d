-- What:  which of some leads are live by their newest row, and when that was seen (unix seconds)
-- Grain: one row per lead that has a row
-- Reads: stg.stg_leads, $1 the text of a JSON array of ids

select
    asked_leads.id::text as id,
    not newest_row.is_deleted as is_live,
    floor(extract(epoch from newest_row.observed_at))::float8 as seen_at
from
    (
        select distinct ids.value::bigint as id
        from jsonb_array_elements_text($1::text::jsonb) as ids (value)
    ) as asked_leads
cross join lateral (
    select
        stg_leads.is_deleted,
        stg_leads.observed_at
    from stg.stg_leads
    where stg_leads.id = asked_leads.id
    order by
        stg_leads.observed_at desc,
        stg_leads.updated_at desc,
        stg_leads.is_deleted desc,
        stg_leads.row_hash collate "C" desc
    limit 1
) as newest_row;
