-- What:  gives the claim on an incident back, so that the next heartbeat tells of it
-- Grain: one row, or none when the claim has run out and gone to another teller
-- Reads: ops.incident
update ops.incident
set telling_until = null
where
    incident.incident_id = $1::bigint
    and incident.telling_until = $2::timestamptz
returning incident.incident_id;
