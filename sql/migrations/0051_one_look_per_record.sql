-- What:  chooses what lands of a batch with one look-up for each record, and plans that once for a session
-- Data:  nothing is computed anew

-- Before, each sight was looked up three times, by a query that was planned anew for each batch. Most sights lie behind the
-- newest row of their record, which then decides alone.
create or replace function stg.places_to_land(wanted_entity text, given stg.given_sight[])
returns setof bigint
language plpgsql
stable
parallel safe
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with seen as (
        select
            sights.id,
            min(sights.observed_at) as observed_at
        from unnest(given) as sights
        group by sights.id
    ),

    -- Which is all that decides, where it lies before what was seen.
    newest as (
        select
            seen.id,
            seen.observed_at as seen_at,
            landed.is_deleted,
            landed.observed_at,
            landed.updated_at,
            landed.row_hash
        from seen
        cross join lateral (
            select
                sights.is_deleted,
                sights.observed_at,
                sights.updated_at,
                sights.row_hash
            from stg.sights
            where sights.entity = wanted_entity and sights.id = seen.id
            order by sights.observed_at desc
            fetch first 1 row with ties
        ) as landed
    ),

    -- Else the rows of then, the one before them, and those that came after.
    later as (
        select
            late.id,
            landed.is_deleted,
            landed.observed_at,
            landed.updated_at,
            landed.row_hash
        from (
            select distinct
                newest.id,
                newest.seen_at
            from newest
            where newest.seen_at <= newest.observed_at
        ) as late
        cross join lateral (
            select
                sights.is_deleted,
                sights.observed_at,
                sights.updated_at,
                sights.row_hash
            from stg.sights
            where
                sights.entity = wanted_entity
                and sights.id = late.id
                and sights.observed_at >= coalesce(
                    (
                        select max(earlier.observed_at)
                        from stg.sights as earlier
                        where
                            earlier.entity = wanted_entity
                            and earlier.id = late.id
                            and earlier.observed_at < late.seen_at
                    ),
                    '-infinity'
                )
            offset 0
        ) as landed
    ),

    sights as (
        select sights.*
        from unnest(given) as sights
        union all
        select
            null as place,
            newest.id,
            newest.is_deleted,
            newest.observed_at,
            newest.updated_at,
            newest.row_hash
        from newest
        where newest.observed_at < newest.seen_at
        union all
        select
            null as place,
            later.id,
            later.is_deleted,
            later.observed_at,
            later.updated_at,
            later.row_hash
        from later
    ),

    -- Of those with one key, which a second can show, what has landed, else the first in
    -- order, as over two loads.
    keyed as (
        select
            sights.*,
            row_number() over (
                partition by sights.id, sights.observed_at, sights.row_hash
                order by
                    sights.place is not null, sights.updated_at, sights.place
            ) as turn
        from sights
    ),

    compared as (
        select
            keyed.*,
            lag(keyed.row_hash) over in_order as hash_before,
            lag(keyed.is_deleted) over in_order as was_deleted,
            lag(keyed.updated_at) over in_order as updated_before
        from keyed
        where keyed.turn = 1
        window in_order as (
            partition by keyed.id
            order by
                keyed.observed_at, keyed.updated_at, keyed.is_deleted,
                keyed.row_hash collate "C", keyed.place nulls first
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
        end;
end;
$$;
