-- What:  the law of history: the versions that changed records have by their copies
-- Grain: one row per version, valid in [valid_from, valid_to), that is there or should be
-- Reads: copies, restores and stored_versions (of merge_ods_<records>/copies.sql)
--
-- All versions of a record, whatever it is a record of, are computed anew from all its
-- copies, and compared with those that are there: the history stays a pure function of
-- stg, whatever the order of arrival. observed_at and row_hash name the copy that opened
-- a version, fate says what becomes of it.

create temporary table versions on commit drop as
with sights as (
    -- The newest observation is the present: updated_at never decides the order.
    select
        copies.*,
        row_number() over in_order as place,
        lag(copies.is_deleted) over in_order as was_deleted
    from copies
    window in_order as (
        partition by copies.id
        order by
            copies.observed_at, copies.updated_at, copies.is_deleted,
            copies.row_hash collate "C"
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
            order by sights.place
            rows unbounded preceding
        ) as opens_at
    from sights
),

moments as (
    -- Of copies that open at one moment the last in order stands.
    select
        openings.*,
        row_number() over one_moment as place_in_moment,
        openings.state is distinct from first_value(openings.state) over one_moment
            as is_overruled
    from openings
    window one_moment as (
        partition by openings.id, openings.opens_at
        order by openings.place desc
    )
),

changes as (
    -- The first of several markers closes; a touch opens nothing.
    select
        moments.*,
        moments.state is distinct from lag(moments.state) over history as is_change
    from moments
    where moments.place_in_moment = 1
    window history as (
        partition by moments.id
        order by moments.opens_at
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
        closed.observed_at,
        closed.opens_at as valid_from,
        closed.closes_at as valid_to
    from closed
    where not closed.is_deleted
),

ties as (
    select count(*) as copies
    from moments
    where moments.is_overruled
)

select
    id,
    valid_from,
    true_versions.row_hash,
    true_versions.closed_by,
    true_versions.updated_at,
    true_versions.observed_at,
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
cross join ties
order by id, valid_from;

analyze versions (id, valid_from, fate);

select
    count(*) filter (where versions.fate <> 'kept') as rows_written,
    count(*) filter (where versions.fate = 'opened') as versions_opened,
    count(*) filter (where versions.fate = 'closed') as versions_closed,
    count(*) filter (where versions.fate = 'reopened') as versions_reopened,
    count(*) filter (where versions.fate = 'removed') as versions_removed,
    coalesce(max(versions.tied_copies), 0) as warning_tied_copies
from versions;
