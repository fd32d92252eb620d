-- What:  how many incidents go on, and of how many people do not know yet
-- Grain: one row
-- Reads: ops.incident
select
    count(*) filter (where incident.closed_at is null) as open_incidents,
    count(*) filter (
        where
        (
            incident.failure_told_at is null
            and coalesce(incident.closed_at, 'infinity')
            > clock_timestamp() - interval '1 day'
        )
        or (
            incident.failure_told_at is not null
            and incident.closed_at is not null
            and incident.recovery_told_at is null
        )
    ) as untold_incidents
from ops.incident;
