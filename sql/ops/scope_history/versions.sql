-- What:  adds the versions of changed records to which a check may object to what checks of a
--        history look at, found in one reading for all of them
-- Grain: history_versions (of ../scope_history.sql): a version of a record in which something is
--        odd, or a record that has none; may_differ: its newest row in stg may say something else
-- Reads: looked_at, kept_versions and rental.scoped_history (of leads.sql, clients.sql or cars.sql)
--
-- Nearly all versions are right, so that next to nothing is kept, and what checks say of a version
-- is only told of records that are not.
--
-- The open version of a record is held against its newest row in stg where it is read. Any doubt,
-- and newest.sql has the say, which is not asked on most days: about records without an open
-- version, and those of which two rows were seen at the same time, which the key tells, without a
-- look at older rows. Of very many records newest.sql looks for itself.

-- Whether there are very many: nobody needs to know how many more.
select
    set_config(
        'rental.is_large_scope', (exists (select from looked_at offset 20000))::text, true
    ) as is_large_scope;

-- Each record is looked up once: nothing to remember. (A history that nobody has counted would be
-- put down and gone through for each record.)
select
    set_config('enable_memoize', 'off', true) as memory,
    set_config('enable_material', 'off', true) as material;

-- A day's records are looked up by their keys, also where nobody has counted the history, which the
-- planner would then read whole to join them to it.
select set_config(ways_of_many.name, 'off', true) as way
from (values ('enable_hashjoin'), ('enable_mergejoin')) as ways_of_many (name)
where not current_setting('rental.is_large_scope')::boolean;

insert into history_versions (
    table_name, id, is_current, may_differ, updated_at, valid_from, valid_to,
    opened_before, closed_before, open_versions
)
with versions as (
    select
        looked_at.id,
        kept_versions.valid_from,
        kept_versions.valid_to,
        kept_versions.valid_to <= kept_versions.valid_from
        or kept_versions.is_current <> (kept_versions.valid_to is null)
        or kept_versions.updated_at > kept_versions.valid_from + interval '10 minutes'
            as is_odd,
        kept_versions.is_current,
        kept_versions.is_doubtful
    from looked_at
    left join kept_versions on looked_at.id = kept_versions.id
    -- So that the sort has no more than this to carry.
    offset 0
),

neighbours as (
    select
        versions.*,
        lead(versions.valid_from) over (
            partition by versions.id
            order by versions.valid_from
        ) as next_opens_at
    from versions
),

judged as (
    select
        neighbours.id,
        neighbours.is_odd,
        -- Of two open ones one has another after it, which opens before it ends.
        neighbours.valid_to > neighbours.next_opens_at
        or (neighbours.valid_to is null and neighbours.next_opens_at is not null)
            as is_overlapped,
        not (select current_setting('rental.is_large_scope')::boolean)
        and case
            when neighbours.is_current then neighbours.is_doubtful
            -- The last one of a record is closed, or there is none.
            else neighbours.next_opens_at is null
        end as may_differ
    from neighbours
),

suspects as (
    select
        judged.id,
        coalesce(bool_or(judged.may_differ), false) as may_differ
    from judged
    where judged.is_odd or judged.is_overlapped or judged.may_differ
    group by judged.id
)

select
    current_setting('rental.scoped_history') as table_name,
    suspects.id,
    history.is_current,
    suspects.may_differ,
    history.updated_at,
    history.valid_from,
    history.valid_to,
    history.opened_before,
    history.closed_before,
    coalesce(history.open_versions, 0) as open_versions
from suspects
left join lateral (
    select
        kept_versions.is_current,
        kept_versions.updated_at,
        kept_versions.valid_from,
        kept_versions.valid_to,
        lag(kept_versions.valid_from) over in_time as opened_before,
        lag(kept_versions.valid_to) over in_time as closed_before,
        count(*) filter (where kept_versions.valid_to is null) over in_time
            as open_versions
    from kept_versions
    where kept_versions.id = suspects.id
    window in_time as (
        order by kept_versions.valid_from
        rows unbounded preceding
    )
) as history on true;

analyze history_versions (table_name, id);

select set_config(ways_of_many.name, 'on', true) as way
from (values ('enable_hashjoin'), ('enable_mergejoin')) as ways_of_many (name);

-- Whether newest.sql is needed.
select
    (
        current_setting('rental.is_large_scope')::boolean
        or exists (
            select
            from history_versions
            where
                history_versions.table_name = current_setting('rental.scoped_history')
                and history_versions.may_differ
        )
    )::integer as has_doubts;
