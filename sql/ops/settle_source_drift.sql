-- What:  notes that changes of the account wait for nobody any more
-- Grain: one row
-- Reads: ops.source_drift, $1 their ids as the text of a JSON array

with settled_changes as (
    update ops.source_drift
    set settled_at = clock_timestamp()
    where
        source_drift.drift_id in (
            select ids.value::bigint
            from jsonb_array_elements_text($1::text::jsonb) as ids (value)
        )
    returning 1
)

select count(*) as rows_written
from settled_changes;
