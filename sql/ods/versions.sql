-- What:  the law of history: the versions of changed records, whatever they are records of, as
--        their copies have them, and what becomes of those that are there
-- Grain: one row per version, valid in [valid_from, valid_to): as it should be, with the key
--        of the copy that opened it, or removed
-- Reads: copies, stored_versions (of merge_ods_<records>/copies.sql)
--
-- All versions of a record are computed anew from all its copies: the history stays
-- a pure function of stg, whatever the order of arrival.

create temporary table versions on commit drop as
with seen_together as (
    -- Equal in both times: the greatest hash wins, a rule as good as any other.
    select
        copies.*,
        row_number() over one_sight as place,
        copies.state is distinct from first_value(copies.state) over one_sight
            as is_beaten
    from copies
    window one_sight as (
        partition by copies.id, copies.updated_at, copies.observed_at
        order by copies.row_hash desc
    )
),

seen_in_order as (
    select
        seen_together.*,
        row_number() over one_update as sight,
        seen_together.state
        is distinct from lag(seen_together.state) over one_update as is_changed
    from seen_together
    where seen_together.place = 1
    window one_update as (
        partition by seen_together.id, seen_together.updated_at
        order by seen_together.observed_at
    )
),

opened as (
    -- The first copy of an update opens at the update, a later and different one
    -- when it was seen.
    select
        seen_in_order.*,
        case
            when seen_in_order.sight = 1 then seen_in_order.updated_at
            else seen_in_order.observed_at
        end as opens_at
    from seen_in_order
    where seen_in_order.sight = 1 or seen_in_order.is_changed
),

opened_together as (
    -- Copies of different updates that open at one moment: the later update wins.
    select
        opened.*,
        row_number() over one_moment as place_in_moment,
        opened.state is distinct from first_value(opened.state) over one_moment
            as is_overruled
    from opened
    window one_moment as (
        partition by opened.id, opened.opens_at
        order by opened.updated_at desc, opened.observed_at desc
    )
),

changes as (
    select
        opened_together.*,
        opened_together.state
        is distinct from lag(opened_together.state) over history as is_change
    from opened_together
    where opened_together.place_in_moment = 1
    window history as (
        partition by opened_together.id
        order by opened_together.opens_at
    )
),

closed as (
    select
        changes.*,
        lead(changes.opens_at) over history as closes_at,
        lead(changes.deleted_by) over history as closed_by
    from changes
    where changes.is_change
    window history as (partition by changes.id order by changes.opens_at)
),

true_versions as (
    select
        closed.id,
        closed.row_hash,
        closed.state,
        closed.closed_by,
        closed.created_at,
        closed.updated_at,
        closed.opens_at as valid_from,
        closed.closes_at as valid_to
    from closed
    where not closed.is_deleted
),

ties as (
    select
        (select count(*) from seen_together where seen_together.is_beaten)
        + (select count(*) from opened_together where opened_together.is_overruled)
            as copies
)

select
    id,
    valid_from,
    true_versions.row_hash,
    true_versions.closed_by,
    true_versions.updated_at,
    true_versions.valid_to,
    case
        when true_versions.state is null then 'removed'
        when stored_versions.state is null then 'opened'
        when
            row(
                true_versions.state, true_versions.closed_by,
                true_versions.created_at, true_versions.updated_at,
                true_versions.valid_to
            ) is not distinct from row(
                stored_versions.state, stored_versions.closed_by,
                stored_versions.created_at, stored_versions.updated_at,
                stored_versions.valid_to
            )
            then 'kept'
        when true_versions.valid_to is null then 'reopened'
        else 'closed'
    end as fate,
    ties.copies as tied_copies
from true_versions
full join stored_versions using (id, valid_from)
cross join ties;

analyze versions (id, valid_from, fate);

select
    count(*) filter (where versions.fate <> 'kept') as rows_written,
    count(*) filter (where versions.fate = 'opened') as versions_opened,
    count(*) filter (where versions.fate = 'closed') as versions_closed,
    count(*) filter (where versions.fate = 'reopened') as versions_reopened,
    count(*) filter (where versions.fate = 'removed') as versions_removed,
    coalesce(max(versions.tied_copies), 0) as warning_tied_copies
from versions;
