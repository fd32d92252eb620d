-- What:  leads that the last read of all leads did not show, and nobody has asked for yet
-- Grain: one row per lead, a thousand of them at most
-- Reads: ops.missing_lead, $1 the last id that is known already

select
    missing_lead.id::text as id,
    missing_lead.scan_at::text as scan_at
from ops.missing_lead
where missing_lead.id > $1::bigint
order by missing_lead.id
limit 1000;
