-- What:  keeps what did not parse; the same value of the same record is kept once
-- Grain: one row per value (field given) or record (field null) that did not parse
-- Reads: $1 the text of a JSON array of rejected values, $2 run id

with batch as (
    select rejected_values.*
    from jsonb_populate_recordset(null::stg.rejected, $1::text::jsonb)
        as rejected_values
),

kept_values as (
    insert into stg.rejected (
        entity_id, entity, field, raw, reason, raw_hash, run_id
    )
    select
        batch.entity_id,
        batch.entity,
        batch.field,
        batch.raw,
        batch.reason,
        batch.raw_hash,
        $2::uuid as run_id
    from batch
    on conflict do nothing
    returning 1
)

select
    (select count(*) from batch) as rows_read,
    (select count(*) from kept_values) as rows_kept;
