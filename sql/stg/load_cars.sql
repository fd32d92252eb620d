-- What:  lands one batch of copies of cars: each that differs from the row before it
-- Grain: one row per fact about one moment of a car (id, observed_at, row_hash)
-- Reads: stg.stg_cars, $1 the batch as the text of a JSON array of rows, $2 run id,
--        $3 load date, $4 their payloads, a line of JSON each
--
-- The rows of a car are in the order observed_at, updated_at, live before deleted,
-- row_hash, whenever they arrive: stg.places_to_land says which differ.

with batch as (
    -- Payloads beside the rows, since inside of them they would be read twice; parameters
    -- by a select, since what is computed of them alone is computed while planning too.
    select copies.*
    from
        rows from (
            json_populate_recordset(null::stg.stg_cars, (select $1::text)::json),
            string_to_table((select $4::text), e'\n')
        ) with ordinality as copies
),

landing as (
    select places.place
    from
        stg.places_to_land(
            'cars',
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
    insert into stg.stg_cars (
        id, model, color, plate, vin, year, dailyrate, is_deleted,
        deleted_by, in_fleet_from, in_fleet_to, created_at, updated_at,
        payload, row_hash, observed_at, run_id, load_date
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
        batch.in_fleet_from,
        batch.in_fleet_to,
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
