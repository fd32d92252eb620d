-- What:  keeps rows of leads until all of a load are known
-- Grain: one row
-- Reads: gathered_leads (temporary), $1 the rows as the text of a JSON array

with gathered as (
    insert into gathered_leads (id, copy)
    select
        (copies.value ->> 'id')::bigint as id,
        copies.value as copy
    from jsonb_array_elements((select $1::text)::jsonb) as copies (value)
    returning 1
)

select count(*) as leads
from gathered;
