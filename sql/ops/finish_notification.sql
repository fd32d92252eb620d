-- What:  notes that the webhook has accepted a message, and gives the claim back
-- Grain: one row
-- Reads: ops.incident
update ops.incident
set
    failure_told_at = coalesce(incident.failure_told_at, clock_timestamp()),
    recovery_told_at = case when $2::text = 'recovery' then clock_timestamp() end,
    telling_until = null
where incident.incident_id = $1::bigint
returning incident.incident_id;
