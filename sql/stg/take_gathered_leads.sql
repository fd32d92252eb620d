-- What:  the rows of the next leads of a load, all rows of one lead together
-- Grain: one row, payloads as lines of JSON beside the rest; last_id is null when there
--        are no more
-- Reads: gathered_leads (temporary), $1 the last id that was taken

with next_leads as (
    select distinct gathered_leads.id
    from gathered_leads
    where gathered_leads.id > $1::bigint
    order by gathered_leads.id
    limit 1000
)

select
    max(gathered_leads.id)::text as last_id,
    coalesce(
        jsonb_agg(gathered_leads.copy - 'payload' order by gathered_leads.place), '[]'
    )::text as copies,
    string_agg(
        coalesce(gathered_leads.copy -> 'payload', 'null')::text, e'\n'
        order by gathered_leads.place
    ) as payloads
from gathered_leads
where
    gathered_leads.id > $1::bigint
    and gathered_leads.id <= (select max(next_leads.id) from next_leads);
