-- What:  keeps what has changed in the account; what waits for nobody is settled at once
-- Grain: one row per change
-- Reads: $1 whose fields or stages they are, $2 the changes as the text of a JSON array,
--        $3 run id

with changes as (
    select rows.*
    from jsonb_to_recordset($2::text::jsonb) as rows (
        kind text, key text, change text, was text, became text, advice text, waits text[]
    )
),

kept_changes as (
    insert into ops.source_drift (
        source, kind, key, change, was, became, advice, waits, run_id, settled_at
    )
    select
        $1::text as source,
        changes.kind,
        changes.key,
        changes.change,
        changes.was,
        changes.became,
        changes.advice,
        changes.waits,
        $3::uuid as run_id,
        case when changes.waits = '{}' then clock_timestamp() end as settled_at
    from changes
    returning 1
)

select count(*) as rows_written
from kept_changes;
