-- What:  takes, for some seconds, the changes of the account that wait for somebody and were told
--        to nobody
-- Grain: one row per change, at most 20: more do not fit into a message
-- Reads: ops.source_drift, $1 the seconds
--
-- The claim ends by itself, so another one tells what a teller that died had claimed.

update ops.source_drift
set telling_until = clock_timestamp() + make_interval(secs => $1::double precision)
where
    source_drift.drift_id in (
        select untold.drift_id
        from ops.source_drift as untold
        where
            untold.told_at is null
            and untold.settled_at is null
            and coalesce(untold.telling_until, '-infinity') <= clock_timestamp()
        order by untold.drift_id
        limit 20
        for update skip locked
    )
returning
    source_drift.drift_id::text as drift_id,
    source_drift.source,
    source_drift.kind,
    source_drift.key,
    source_drift.change,
    source_drift.was,
    source_drift.became,
    source_drift.advice;
