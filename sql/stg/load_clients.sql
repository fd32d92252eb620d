-- What:  lands one batch of copies of clients: each that differs from the row before it
-- Grain: one row per fact about one moment of a client (id, observed_at, row_hash)
-- Reads: stg.stg_clients, $1 the batch as the text of a JSON array of rows, $2 run id,
--        $3 load date
--
-- The rows of a client are in the order observed_at, updated_at, live before deleted,
-- row_hash, whenever they arrive. A marker of deletion lands behind a live copy alone.

with given as (
    select
        copies.*,
        row_number() over () as place
    from jsonb_populate_recordset(null::stg.stg_clients, $1::text::jsonb) as copies
),

-- Of those with one key, which a second can show, the first in order, as over two loads.
batch as (
    select distinct on (given.id, given.observed_at, given.row_hash) given.*
    from given
    where
        not exists (
            select
            from stg.stg_clients
            where
                stg_clients.id = given.id
                and stg_clients.observed_at = given.observed_at
                and stg_clients.row_hash = given.row_hash
        )
    order by given.id, given.observed_at, given.row_hash, given.updated_at, given.place
),

-- The rows of then, the one before them, and those that came after.
spans as materialized (
    select
        seen.id,
        coalesce(
            (
                select max(stg_clients.observed_at)
                from stg.stg_clients
                where
                    stg_clients.id = seen.id
                    and stg_clients.observed_at < seen.observed_at
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
        stg_clients.id,
        stg_clients.row_hash,
        stg_clients.is_deleted,
        stg_clients.updated_at,
        stg_clients.observed_at
    from spans
    inner join stg.stg_clients
        on
            spans.id = stg_clients.id
            and spans.observed_from <= stg_clients.observed_at
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
    insert into stg.stg_clients (
        id, client_name, gender, phone, email, nationality, license,
        is_deleted, deleted_by, birth_date, created_at, updated_at,
        payload, row_hash, observed_at, run_id, load_date
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
