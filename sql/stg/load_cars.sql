-- What:  lands one batch of copies of cars; a copy that is known already lands nothing
-- Grain: one row per distinct observed state of a car (id, updated_at, row_hash)
-- Reads: $1 the batch as the text of a JSON array of rows, $2 run id, $3 load date
--
-- A deletion has no time of its own, so it would look new at every observation: it
-- lands only when the latest copy that landed is not a deletion.

with batch as (
    select copies.*
    from jsonb_populate_recordset(null::stg.stg_cars, $1::text::jsonb) as copies
),

landed_copies as (
    insert into stg.stg_cars (
        id, model, color, plate, vin, year, dailyrate, is_deleted, deleted_by,
        created_at, updated_at, payload, row_hash, observed_at, run_id,
        load_date
    )
    select
        batch.id,
        batch.model,
        batch.color,
        batch.plate,
        batch.vin,
        batch.year,
        batch.dailyrate,
        batch.is_deleted,
        batch.deleted_by,
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
                select stg_cars.is_deleted
                from stg.stg_cars
                where stg_cars.id = batch.id
                order by stg_cars.updated_at desc, stg_cars.landed_seq desc
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
