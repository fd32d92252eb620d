-- What:  takes the oldest incident of which people are still to be told, for some seconds
-- Grain: one row, or none when there is nothing to tell
-- Reads: ops.incident
-- The claim ends by itself, so another one tells what a teller that died had claimed. An incident
-- that was over a day ago before anybody was told is history: nobody was to be told, or could be.
update ops.incident
set telling_until = clock_timestamp() + make_interval(secs => $1::double precision)
where
    incident.incident_id = (
        select untold.incident_id
        from ops.incident as untold
        where
            coalesce(untold.telling_until, '-infinity') <= clock_timestamp()
            and (
                (
                    untold.failure_told_at is null
                    and coalesce(untold.closed_at, 'infinity')
                    > clock_timestamp() - interval '1 day'
                )
                or (
                    untold.failure_told_at is not null
                    and untold.closed_at is not null
                    and untold.recovery_told_at is null
                )
            )
        order by untold.opened_at, untold.incident_id
        limit 1
        for update skip locked
    )
returning
    incident.incident_id,
    incident.dag_id,
    incident.telling_until::text as telling_until,
    (incident.failure_told_at is not null) as is_failure_told,
    incident.logical_date,
    incident.opened_at,
    incident.closed_at;
