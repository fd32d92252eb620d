-- What:  adds the versions of changed records to which a check may object to what checks of a
--        history look at, found in one reading for all of them
-- Grain: history_versions (of ../scope_history.sql): a version, or a record that has none;
--        may_differ: the newest row of its record in stg may say something else
-- Reads: looked_at, kept_versions, landed_keys, compared_sights, rental.scoped_history (of
--        leads.sql, clients.sql or cars.sql), ops.watermark
--
-- Nearly all versions are right, so that next to nothing is kept.
--
-- The open version of a record is held against its newest row in stg where it is read. Any doubt,
-- and newest.sql has the say, which is not asked on most days: about records without an open
-- version, and those of which two rows were seen at the same time, which the key tells, without a
-- look at older rows. Of very many records newest.sql looks for itself.

-- Each record is looked up once: nothing to remember.
select set_config('enable_memoize', 'off', true) as memory;

-- A day's records are looked up by their keys, also where nobody has counted the history, which the
-- planner would then read whole to join them to it.
select set_config(ways_of_many.name, 'off', true) as way
from (values ('enable_hashjoin'), ('enable_mergejoin')) as ways_of_many (name)
where not exists (select from looked_at offset 20000);

insert into history_versions (
    table_name, id, is_current, may_differ, updated_at, valid_from, valid_to,
    opened_before, closed_before, open_versions
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = current_setting('rental.scoped_history')
),

size as (
    -- Nobody needs to know how many more.
    select exists (select from looked_at offset 20000) as is_large
),

versions as (
    select
        looked_at.id,
        kept_versions.id is not null as is_there,
        kept_versions.is_current,
        kept_versions.updated_at,
        kept_versions.valid_from,
        kept_versions.valid_to,
        case
            when kept_versions.is_current and not (select size.is_large from size)
                then (
                    select
                        newest.is_other
                        or exists (
                            select
                            from landed_keys
                            where
                                landed_keys.id = newest.id
                                and landed_keys.observed_at = newest.observed_at
                                and landed_keys.row_hash <> newest.row_hash
                        )
                    from (
                        select compared_sights.*
                        from compared_sights
                        where
                            compared_sights.id = kept_versions.id
                            and compared_sights.version_place = kept_versions.place
                            -- What a load has landed since the last merge is not in the
                            -- history yet. (Asked as "is not true", so that nobody looks for
                            -- the rows by it: nearly all have landed before.)
                            and (
                                compared_sights.landed_seq
                                > (select merged.position from merged)
                            ) is not true
                        order by compared_sights.observed_at desc
                        limit 1
                    ) as newest
                ) is true
        end as differs
    from looked_at
    left join kept_versions on looked_at.id = kept_versions.id
    -- So that the sort has no more than this to carry.
    offset 0
),

neighbours as (
    select
        versions.*,
        case
            when (select size.is_large from size) then false
            when versions.is_current then versions.differs
            -- The last one of a record is closed, or there is none.
            else lead(versions.id) over history is null
        end as may_differ,
        lag(versions.valid_from) over history as opened_before,
        lag(versions.valid_to) over history as closed_before,
        count(*) filter (where versions.is_there and versions.valid_to is null) over history
            as open_versions
    from versions
    window history as (
        partition by versions.id
        order by versions.valid_from
        rows unbounded preceding
    )
)

select
    current_setting('rental.scoped_history') as table_name,
    neighbours.id,
    neighbours.is_current,
    neighbours.may_differ,
    neighbours.updated_at,
    neighbours.valid_from,
    neighbours.valid_to,
    neighbours.opened_before,
    neighbours.closed_before,
    neighbours.open_versions
from neighbours
where
    neighbours.may_differ
    or neighbours.valid_to <= neighbours.valid_from
    or neighbours.is_current <> (neighbours.valid_to is null)
    or neighbours.open_versions > 1
    or neighbours.updated_at > neighbours.valid_from + interval '10 minutes'
    or (
        neighbours.opened_before is not null
        and (
            neighbours.closed_before is null
            or neighbours.closed_before > neighbours.valid_from
        )
    );

analyze history_versions (table_name, id);

select set_config(ways_of_many.name, 'on', true) as way
from (values ('enable_hashjoin'), ('enable_mergejoin')) as ways_of_many (name);

-- Whether newest.sql is needed.
select
    exists (
        select
        from history_versions
        where
            history_versions.table_name = current_setting('rental.scoped_history')
            and history_versions.may_differ
        union all
        (select from looked_at offset 20000)
    )::integer as has_doubts;
