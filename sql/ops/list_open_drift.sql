-- What:  changes of the account that wait until somebody acts
-- Grain: one row per change
-- Reads: ops.source_drift, $1 whose fields or stages they are

select
    source_drift.drift_id::text as drift_id,
    source_drift.key,
    to_jsonb(source_drift.waits) as waits
from ops.source_drift
where
    source_drift.source = $1
    and source_drift.settled_at is null;
