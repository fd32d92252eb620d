-- What:  which of some leads have a row in STG: they are followed, wherever they go
-- Grain: one row per such lead
-- Reads: stg.stg_leads, $1 the text of a JSON array of ids

select asked_leads.id::text as id
from
    (
        select distinct ids.value::bigint as id
        from jsonb_array_elements_text($1::text::jsonb) as ids (value)
    ) as asked_leads
where
    exists (
        select 1
        from stg.stg_leads
        where stg_leads.id = asked_leads.id
    );
