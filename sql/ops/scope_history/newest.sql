-- What:  adds the records whose newest row in stg is not what their open version says to what
--        checks of a history look at
-- Grain: newest_sights (of ../scope_history.sql): a record and its open version
-- Reads: looked_at and rental.scoped_history (of leads.sql, clients.sql or cars.sql),
--        compared_sights (of sights/), history_versions and rental.is_large_scope (of
--        versions.sql: which records may be such ones), ops.watermark
-- If:    has_doubts (of versions.sql)
--
-- What a load has landed since the last merge is not in the history yet. (Asked as
-- "is not true", so that nobody looks for the rows by it: nearly all have landed before.)
--
-- Of each record in doubt the last rows alone are read, however long its life is. Of very many, as
-- in a first build, all there is is compared first, in the order of the keys, for which no memory
-- is too small: next to none is left then whose last rows may say something else.

select set_config(ways_by_hash.name, 'off', true) as way
from (values ('enable_hashjoin'), ('enable_hashagg')) as ways_by_hash (name)
where current_setting('rental.is_large_scope')::boolean;

insert into newest_sights (
    table_name, id, is_deleted, is_open, observed_at, opened_at
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = current_setting('rental.scoped_history')
),

compared as (
    select
        compared_sights.id,
        compared_sights.observed_at,
        compared_sights.is_other
    from compared_sights
    where
        (compared_sights.landed_seq > (select merged.position from merged)) is not true
        and (select current_setting('rental.is_large_scope')::boolean)
    -- As the keys have them, or all would be sorted to group them.
    order by compared_sights.id
    -- So that what follows has no more than this to carry.
    offset 0
),

seen as (
    select
        compared.id,
        max(compared.observed_at) as seen_last_at,
        max(compared.observed_at) filter (where compared.is_other) as seen_other_at
    from compared
    group by compared.id
),

suspects as (
    select distinct history_versions.id
    from history_versions
    where
        history_versions.table_name = current_setting('rental.scoped_history')
        and history_versions.may_differ
    union all
    select looked_at.id
    from seen
    inner join looked_at on seen.id = looked_at.id
    where seen.seen_last_at = seen.seen_other_at
),

others as materialized (
    select last_ones.*
    from suspects
    cross join lateral (
        select compared_sights.*
        from compared_sights
        where
            compared_sights.id = suspects.id
            and (
                compared_sights.landed_seq > (select merged.position from merged)
            ) is not true
        order by compared_sights.observed_at desc
        fetch first 1 row with ties
    ) as last_ones
    where last_ones.is_other
)

select
    current_setting('rental.scoped_history') as table_name,
    others.id,
    others.is_deleted,
    others.opened_at is not null as is_open,
    others.observed_at,
    others.opened_at
from others
-- The last one in the order of stg decides.
where
    not exists (
        select
        from compared_sights as later
        where
            later.id = others.id
            and (later.landed_seq > (select merged.position from merged)) is not true
            and (
                later.observed_at, later.updated_at, later.is_deleted, later.row_hash
            ) > (
                others.observed_at, others.updated_at, others.is_deleted, others.row_hash
            )
    );

drop view compared_sights;

select set_config(ways_by_hash.name, 'on', true) as way
from (values ('enable_hashjoin'), ('enable_hashagg')) as ways_by_hash (name);

select count(*) as records_to_judge
from newest_sights;
