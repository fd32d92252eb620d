-- What:  adds the records whose newest row in stg is not what their open version says to what
--        checks of a history look at
-- Grain: newest_sights (of scope_history.sql): a record and its open version
-- Reads: looked_at, sights, open_versions, rental.newest_of (of scope_newest_*.sql), ops.watermark
--
-- What a load has landed since the last merge is not in the history yet. (By a difference, so
-- that the rows are found by their records: nearly all have landed before.)
--
-- Of each record the last rows alone are read, however long its life is. Of very many, as in a
-- first build, all there is is compared in the order of the keys, for which no memory is too
-- small, and then next to nothing is left to be looked up.

select
    -- Each record is looked up once.
    set_config('enable_memoize', 'off', true) as memory,
    case
        when exists (select from looked_at offset 20000)
            then set_config('enable_hashjoin', 'off', true)
    end as hash_join;

insert into newest_sights (
    table_name, id, is_deleted, is_open, observed_at, opened_at
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = current_setting('rental.newest_of')
),

size as (
    -- Nobody needs to know how many more.
    select exists (select from looked_at offset 20000) as is_large
),

contradictions_of_all as materialized (
    select
        sights.*,
        open_versions.valid_from as opened_at
    from sights
    left join open_versions on sights.id = open_versions.id
    where
        (select size.is_large from size)
        and sights.landed_seq - (select merged.position from merged) <= 0
        and sights.state is distinct from open_versions.state
),

contradictions as materialized (
    select
        last_ones.*,
        open_ones.valid_from as opened_at
    from looked_at
    cross join lateral (
        select sights.*
        from sights
        where
            sights.id = looked_at.id
            and sights.landed_seq - (select merged.position from merged) <= 0
        order by sights.observed_at desc
        fetch first 1 row with ties
    ) as last_ones
    -- (An offset is what keeps each look-up a look-up.)
    left join lateral (
        select open_versions.*
        from open_versions
        where open_versions.id = looked_at.id
        offset 0
    ) as open_ones on true
    where
        not (select size.is_large from size)
        and last_ones.state is distinct from open_ones.state
    union all
    select contradictions_of_all.*
    from contradictions_of_all
    inner join looked_at on contradictions_of_all.id = looked_at.id
)

select
    current_setting('rental.newest_of') as table_name,
    contradictions.id,
    contradictions.is_deleted,
    contradictions.opened_at is not null as is_open,
    contradictions.observed_at,
    contradictions.opened_at
from contradictions
-- The last one in the order of stg decides.
where
    not exists (
        select
        from sights as later
        where
            later.id = contradictions.id
            and later.landed_seq - (select merged.position from merged) <= 0
            and (
                later.observed_at, later.updated_at, later.is_deleted, later.row_hash
            ) > (
                contradictions.observed_at, contradictions.updated_at,
                contradictions.is_deleted, contradictions.row_hash
            )
    );

select
    set_config('enable_memoize', 'on', true) as memory,
    set_config('enable_hashjoin', 'on', true) as hash_join;

drop view looked_at, sights, open_versions;

select count(*) as records_to_judge
from newest_sights;
