-- What:  notes leads that a read of all of them has shown
-- Grain: one row
-- Reads: seen_leads (temporary), $1 the text of a JSON array of ids

with noted_leads as (
    insert into seen_leads (id)
    select distinct ids.value::bigint as id
    from jsonb_array_elements_text($1::text::jsonb) as ids (value)
    on conflict do nothing
    returning 1
)

select count(*) as leads
from noted_leads;
