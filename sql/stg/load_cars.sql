-- What:  lands one batch of copies of cars: each that differs from the row before it
-- Grain: one row per fact about one moment of a car (id, observed_at, row_hash)
-- Reads: stg.stg_cars, $1 the batch as the text of a JSON array of rows, $2 run id,
--        $3 load date
--
-- The rows of a car are in the order observed_at, updated_at, live before deleted,
-- row_hash, whenever they arrive. A marker of deletion lands behind a live copy alone.

with given as (
    select
        copies.*,
        row_number() over () as place
    from jsonb_populate_recordset(null::stg.stg_cars, $1::text::jsonb) as copies
),

-- Of those with one key, which a second can show, the first in order, as over two loads.
batch as (
    select distinct on (given.id, given.observed_at, given.row_hash) given.*
    from given
    where
        not exists (
            select
            from stg.stg_cars
            where
                stg_cars.id = given.id
                and stg_cars.observed_at = given.observed_at
                and stg_cars.row_hash = given.row_hash
        )
    order by given.id, given.observed_at, given.row_hash, given.updated_at, given.place
),

-- The rows of then, the one before them, and those that came after.
spans as materialized (
    select
        seen.id,
        coalesce(
            (
                select max(stg_cars.observed_at)
                from stg.stg_cars
                where
                    stg_cars.id = seen.id
                    and stg_cars.observed_at < seen.observed_at
            ),
            '-infinity'
        ) as observed_from
    from (
        select
            batch.id,
            min(batch.observed_at) as observed_at
        from batch
        group by batch.id
    ) as seen
),

sights as (
    select
        batch.place,
        batch.id,
        batch.row_hash,
        batch.is_deleted,
        batch.updated_at,
        batch.observed_at
    from batch
    union all
    select
        null as place,
        stg_cars.id,
        stg_cars.row_hash,
        stg_cars.is_deleted,
        stg_cars.updated_at,
        stg_cars.observed_at
    from spans
    inner join stg.stg_cars
        on
            spans.id = stg_cars.id
            and spans.observed_from <= stg_cars.observed_at
),

compared as (
    select
        sights.place,
        lag(sights.row_hash) over in_order as hash_before,
        lag(sights.is_deleted) over in_order as was_deleted,
        lag(sights.updated_at) over in_order as updated_before
    from sights
    window in_order as (
        partition by sights.id
        order by
            sights.observed_at, sights.updated_at, sights.is_deleted,
            sights.row_hash collate "C", sights.place nulls first
    )
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
        batch.payload,
        batch.row_hash,
        batch.observed_at,
        $2::uuid as run_id,
        $3::date as load_date
    from batch
    inner join compared on batch.place = compared.place
    where
        case
            when batch.is_deleted then not compared.was_deleted
            when compared.was_deleted then true
            else
                row(batch.row_hash, batch.updated_at)
                is distinct from row(compared.hash_before, compared.updated_before)
        end
    order by batch.id, batch.observed_at, batch.updated_at
    on conflict do nothing
    returning 1
)

select
    (select count(*) from given) as rows_read,
    (select count(*) from landed_copies) as rows_landed;
