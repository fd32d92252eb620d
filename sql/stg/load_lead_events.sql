-- What:  lands one batch of events of leads; one that is known lands nothing
-- Grain: one row per event
-- Reads: $1 the batch as the text of a JSON array of rows, $2 run id, $3 load date

with batch as (
    select events.*
    from
        jsonb_populate_recordset(
            null::stg.stg_lead_events, (select $1::text)::jsonb
        ) as events
),

landed_events as (
    insert into stg.stg_lead_events (
        id, lead_id, survivor_id, type, before, after, created_at, run_id, load_date
    )
    select
        batch.id,
        batch.lead_id,
        batch.survivor_id,
        batch.type,
        batch.before,
        batch.after,
        batch.created_at,
        $2::uuid as run_id,
        $3::date as load_date
    from batch
    on conflict do nothing
    returning 1
)

select
    (select count(*) from batch) as rows_read,
    (select count(*) from landed_events) as rows_landed;
