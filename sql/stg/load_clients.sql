-- What:  lands one batch of copies of clients; a copy that is known already lands nothing
-- Grain: one row per distinct observed state of a client (id, updated_at, row_hash)
-- Reads: $1 the batch as the text of a JSON array of rows, $2 run id, $3 load date
--
-- A deletion has no time of its own, so it would look new at every observation: it
-- lands only when the latest copy that landed is not a deletion.

with batch as (
    select copies.*
    from jsonb_populate_recordset(null::stg.stg_clients, $1::text::jsonb) as copies
),

landed_copies as (
    insert into stg.stg_clients (
        id, client_name, gender, phone, email, nationality, license, is_deleted,
        deleted_by, birth_date, created_at, updated_at, payload, row_hash,
        observed_at, run_id, load_date
    )
    select
        batch.id,
        batch.client_name,
        batch.gender,
        batch.phone,
        batch.email,
        batch.nationality,
        batch.license,
        batch.is_deleted,
        batch.deleted_by,
        batch.birth_date,
        batch.created_at,
        batch.updated_at,
        batch.payload,
        batch.row_hash,
        batch.observed_at,
        $2::uuid as run_id,
        $3::date as load_date
    from batch
    where
        not batch.is_deleted
        or not coalesce(
            (
                select stg_clients.is_deleted
                from stg.stg_clients
                where stg_clients.id = batch.id
                order by stg_clients.updated_at desc, stg_clients.landed_seq desc
                limit 1
            ),
            false
        )
    on conflict do nothing
    returning 1
)

select
    (select count(*) from batch) as rows_read,
    (select count(*) from landed_copies) as rows_landed;
