-- What:  forgets leads that were missing from a read of all leads, now that they were asked for
-- Grain: one row
-- Reads: ops.missing_lead, $1 the text of a JSON array of those leads (id, scan_at)

with settled_leads as (
    delete from ops.missing_lead
    using
        jsonb_to_recordset($1::text::jsonb) as asked_leads (id bigint, scan_at timestamptz)
    where
        missing_lead.id = asked_leads.id
        and missing_lead.scan_at = asked_leads.scan_at
    returning 1
)

select count(*) as leads
from settled_leads;
