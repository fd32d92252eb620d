-- What:  the rows of stg as sights of leads, clients and cars alike, and once what follows from their order:
--        the newest of a record, and which new ones land

create view stg.sights as
select
    'leads' as entity,
    stg_leads.id,
    stg_leads.landed_seq,
    stg_leads.is_deleted,
    stg_leads.observed_at,
    stg_leads.updated_at,
    stg_leads.row_hash
from stg.stg_leads
union all
select
    'clients' as entity,
    stg_clients.id,
    stg_clients.landed_seq,
    stg_clients.is_deleted,
    stg_clients.observed_at,
    stg_clients.updated_at,
    stg_clients.row_hash
from stg.stg_clients
union all
select
    'cars' as entity,
    stg_cars.id,
    stg_cars.landed_seq,
    stg_cars.is_deleted,
    stg_cars.observed_at,
    stg_cars.updated_at,
    stg_cars.row_hash
from stg.stg_cars;

comment on view stg.sights is 'One row per row of stg.stg_leads, stg.stg_clients and stg.stg_cars: what decides about its place in the order observed_at, updated_at, live before deleted, row_hash';

-- A plain query, so that the planner takes it into the one that asks.
create function stg.newest_sight(
    wanted_entity text, record_id bigint, up_to bigint default 9223372036854775807
)
returns setof stg.sights
language sql
stable
parallel safe
as $$
    select sights.*
    from stg.sights
    where
        sights.entity = wanted_entity
        and sights.id = record_id
        and sights.landed_seq <= up_to
    order by
        sights.observed_at desc, sights.updated_at desc, sights.is_deleted desc,
        sights.row_hash collate "C" desc
    limit 1
$$;

comment on function stg.newest_sight(text, bigint, bigint) is 'The row of a record that is last in order, of all or of those that had landed at a landed_seq';

create type stg.given_sight as (
    place bigint,
    id bigint,
    is_deleted boolean,
    observed_at timestamptz,
    updated_at timestamptz,
    row_hash text
);

create function stg.places_to_land(wanted_entity text, given stg.given_sight[])
returns setof bigint
language sql
stable
parallel safe
as $$
    -- Of those with one key, which a second can show, the first in order, as over two loads.
    with batch as (
        select distinct on (sights.id, sights.observed_at, sights.row_hash) sights.*
        from unnest(given) as sights
        where
            not exists (
                select
                from stg.sights as landed
                where
                    landed.entity = wanted_entity
                    and landed.id = sights.id
                    and landed.observed_at = sights.observed_at
                    and landed.row_hash = sights.row_hash
            )
        order by
            sights.id, sights.observed_at, sights.row_hash, sights.updated_at, sights.place
    ),

    -- The rows of then, the one before them, and those that came after.
    spans as materialized (
        select
            seen.id,
            coalesce(
                (
                    select max(landed.observed_at)
                    from stg.sights as landed
                    where
                        landed.entity = wanted_entity
                        and landed.id = seen.id
                        and landed.observed_at < seen.observed_at
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
        select batch.*
        from batch
        union all
        select
            null as place,
            landed.id,
            landed.is_deleted,
            landed.observed_at,
            landed.updated_at,
            landed.row_hash
        from spans
        inner join stg.sights as landed
            on
                spans.id = landed.id
                and spans.observed_from <= landed.observed_at
        where landed.entity = wanted_entity
    ),

    compared as (
        select
            sights.*,
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
    )

    select compared.place
    from compared
    where
        compared.place is not null
        and case
            when compared.is_deleted then not compared.was_deleted
            when compared.was_deleted then true
            else
                row(compared.row_hash, compared.updated_at)
                is distinct from row(compared.hash_before, compared.updated_before)
        end
$$;

comment on function stg.places_to_land(text, stg.given_sight[]) is 'Which of some new sights of an entity land: those that differ from the row before them, in updated_at too; a marker of deletion behind a live row alone';
