-- What:  lands one batch of copies of leads: each that differs from the row before it
-- Grain: one row per fact about one moment of a lead (id, observed_at, row_hash)
-- Reads: stg.stg_leads, $1 the batch as the text of a JSON array of rows, $2 run id,
--        $3 load date, $4 their payloads, a line of JSON each
--
-- The rows of a lead are in the order observed_at, updated_at, live before deleted,
-- row_hash, whenever they arrive: stg.places_to_land says which differ.

with batch as (
    -- Payloads beside the rows, since inside of them they would be read twice; parameters
    -- by a select, since what is computed of them alone is computed while planning too.
    -- Of the ways to read them these two take the least: json_populate_recordset twice
    -- the time, an array that is unnested the tenfold of string_to_table.
    select copies.*
    from
        rows from (
            json_to_recordset((select $1::text)::json) as (
                id bigint, pipeline_id bigint, status_id bigint, responsible_user_id bigint,
                loss_reason_id bigint, car_element_id bigint, client_element_id bigint,
                name text, model text, plate text, client_name text, license text,
                budget numeric, dailyrate numeric, is_deleted boolean, deleted_by text,
                rental_start timestamptz, rental_end timestamptz, closed_at timestamptz,
                created_at timestamptz, updated_at timestamptz, row_hash text,
                observed_at timestamptz
            ),
            string_to_table((select $4::text), e'\n')
        ) with ordinality as copies
),

landing as (
    select places.place
    from
        stg.places_to_land(
            'leads',
            (
                select
                    array_agg(
                        row(
                            batch.ordinality, batch.id, batch.is_deleted, batch.observed_at,
                            batch.updated_at, batch.row_hash
                        )::stg.given_sight
                    )
                from batch
            )
        ) as places (place)
),

landed_copies as (
    insert into stg.stg_leads (
        id, pipeline_id, status_id, responsible_user_id, loss_reason_id,
        car_element_id, client_element_id, name, model, plate,
        client_name, license, budget, dailyrate, is_deleted, deleted_by,
        rental_start, rental_end, closed_at, created_at, updated_at,
        payload, row_hash, observed_at, run_id, load_date
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
        batch.string_to_table::jsonb as payload,
        batch.row_hash,
        batch.observed_at,
        $2::uuid as run_id,
        $3::date as load_date
    from batch
    inner join landing on batch.ordinality = landing.place
    order by batch.id, batch.observed_at, batch.updated_at
    returning 1
)

select
    (select count(*) from batch) as rows_read,
    (select count(*) from landed_copies) as rows_landed;
