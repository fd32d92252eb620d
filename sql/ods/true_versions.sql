-- What:  the law of history: the versions that changed records have by their copies
-- Grain: true_versions: a version, valid in [valid_from, valid_to); the copy that opened it
--        lies at copy_place
-- Reads: changed_records (of merge_ods_<records>/changes.sql), copies and restores (of
--        merge_ods_<records>/copies.sql), next_versions (of next_versions.sql)
-- If:    ids_derived (of next_versions.sql)
--
-- All versions of a record, whatever it is a record of, are computed anew from all its
-- copies, unless it simply goes on or has one copy: the history stays a pure function of
-- stg, whatever the order of arrival.
--
-- All windows have one order, so that the copies are sorted once.

create temporary table true_versions on commit drop as
with unsorted as (
    select copies.*
    from copies
    inner join changed_records on copies.id = changed_records.id
    where
        not changed_records.is_alone
        and not exists (
            select
            from next_versions
            where next_versions.id = changed_records.id
        )
    -- So that states are computed before the sort, which has less to carry then.
    offset 0
),

sights as (
    -- The newest observation is the present: updated_at never decides the order.
    select
        unsorted.*,
        lag(unsorted.is_deleted) over in_order as was_deleted
    from unsorted
    window in_order as (
        partition by unsorted.id
        order by
            unsorted.observed_at, unsorted.updated_at, unsorted.is_deleted,
            unsorted.row_hash
    )
),

openings as (
    select
        sights.*,
        ods.opening(
            sights.observed_at,
            sights.updated_at,
            sights.created_at,
            case
                when sights.was_deleted and not sights.is_deleted
                    then (
                        select max(restores.restored_at)
                        from restores
                        where
                            restores.id = sights.id
                            and restores.restored_at <= sights.observed_at
                    )
            end
        ) over (
            partition by sights.id
            order by
                sights.observed_at, sights.updated_at, sights.is_deleted, sights.row_hash
            rows unbounded preceding
        ) as opens_at
    from sights
),

moments as (
    -- Openings never go back, so copies that open at one moment are neighbours.
    select
        openings.*,
        lead(openings.opens_at) over in_order as next_opens_at,
        lead(openings.state) over in_order as next_state
    from openings
    window in_order as (
        partition by openings.id
        order by
            openings.observed_at, openings.updated_at, openings.is_deleted,
            openings.row_hash
    )
),

counted as (
    -- Of those that do not stand, the ones that say something else.
    select
        moments.*,
        count(*) filter (
            where
                moments.next_opens_at = moments.opens_at
                and moments.state is distinct from moments.next_state
        ) over () as tied_copies
    from moments
    -- As they are: said, so that the planner does not sort them again below.
    order by
        moments.id, moments.observed_at, moments.updated_at, moments.is_deleted,
        moments.row_hash
),

standing as (
    -- Of copies that open at one moment the last in order stands; the first of several
    -- markers closes; a touch opens nothing.
    select
        counted.*,
        counted.state is distinct from lag(counted.state) over in_order as is_change
    from counted
    where counted.next_opens_at is distinct from counted.opens_at
    window in_order as (
        partition by counted.id
        order by
            counted.observed_at, counted.updated_at, counted.is_deleted,
            counted.row_hash
    )
),

closed as (
    select
        standing.*,
        lead(standing.opens_at) over in_order as closes_at,
        lead(standing.deleted_by) over in_order as closed_by
    from standing
    where standing.is_change
    window in_order as (
        partition by standing.id
        order by
            standing.observed_at, standing.updated_at, standing.is_deleted,
            standing.row_hash
    )
)

select
    closed.id,
    closed.copy_place,
    closed.state,
    closed.closed_by,
    closed.created_at,
    closed.updated_at,
    closed.opens_at as valid_from,
    closed.closes_at as valid_to,
    closed.tied_copies
from closed
where not closed.is_deleted;

analyze true_versions (id, valid_from);

select coalesce(max(true_versions.tied_copies), 0) as warning_tied_copies
from true_versions;
