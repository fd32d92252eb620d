-- What:  lands one batch of copies of leads; a copy that is known already lands nothing
-- Grain: one row per distinct observed state of a lead (id, updated_at, row_hash)
-- Reads: $1 the batch as the text of a JSON array of rows, $2 run id, $3 load date
--
-- A deletion has no time of its own, so it would look new at every observation: it
-- lands only when the latest copy that landed is not a deletion.

with batch as (
    select copies.*
    from jsonb_populate_recordset(null::stg.stg_leads, $1::text::jsonb) as copies
),

landed_copies as (
    insert into stg.stg_leads (
        id, pipeline_id, status_id, responsible_user_id, loss_reason_id,
        car_element_id, client_element_id, name, model, plate, client_name,
        license, budget, dailyrate, is_deleted, deleted_by, rental_start,
        rental_end, closed_at, created_at, updated_at, payload, row_hash,
        observed_at, run_id, load_date
    )
    select
        batch.id,
        batch.pipeline_id,
        batch.status_id,
        batch.responsible_user_id,
        batch.loss_reason_id,
        batch.car_element_id,
        batch.client_element_id,
        batch.name,
        batch.model,
        batch.plate,
        batch.client_name,
        batch.license,
        batch.budget,
        batch.dailyrate,
        batch.is_deleted,
        batch.deleted_by,
        batch.rental_start,
        batch.rental_end,
        batch.closed_at,
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
                select stg_leads.is_deleted
                from stg.stg_leads
                where stg_leads.id = batch.id
                order by stg_leads.updated_at desc, stg_leads.landed_seq desc
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
