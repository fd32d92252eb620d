-- What:  the law of history: the versions that changed records have by their copies
-- Grain: one row per version, valid in [valid_from, valid_to), that is there or should be
-- Reads: copies, restores and stored_versions (of merge_ods_<records>/copies.sql)
--
-- All versions of a record, whatever it is a record of, are computed anew from all its
-- copies, and compared with those that are there: the history stays a pure function of
-- stg, whatever the order of arrival. fate says what becomes of a version; the copy that
-- opened it lies at copy_place, the version that is there at stored_place, and one that
-- is_rewritten takes its values from its copy.
--
-- All windows have one order, so that the copies are sorted once.

create temporary table versions on commit drop as
with sights as (
    -- The newest observation is the present: updated_at never decides the order.
    select
        copies.*,
        lag(copies.is_deleted) over in_order as was_deleted
    from copies
    where not copies.is_alone
    window in_order as (
        partition by copies.id
        order by
            copies.observed_at, copies.updated_at, copies.is_deleted, copies.row_hash
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
),

true_versions as (
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
    where not closed.is_deleted
),

compared as (
    select
        id,
        valid_from,
        true_versions.copy_place,
        stored_versions.stored_place,
        true_versions.closed_by,
        true_versions.valid_to,
        true_versions.tied_copies,
        true_versions.state is not null as is_true,
        stored_versions.state is not null as is_stored,
        true_versions.state is not distinct from stored_versions.state
        and true_versions.updated_at is not distinct from stored_versions.updated_at
        and true_versions.created_at is not distinct from stored_versions.created_at
            as has_values,
        true_versions.valid_to is not distinct from stored_versions.valid_to
        and true_versions.closed_by is not distinct from stored_versions.closed_by
            as has_end
    from true_versions
    full join stored_versions using (id, valid_from)
)

select
    compared.id,
    compared.copy_place,
    compared.stored_place,
    compared.closed_by,
    compared.valid_from,
    compared.valid_to,
    case
        when not compared.is_true then 'removed'
        when not compared.is_stored then 'opened'
        when compared.has_values and compared.has_end then 'kept'
        when compared.valid_to is null then 'reopened'
        else 'closed'
    end as fate,
    compared.is_true and not (compared.is_stored and compared.has_values) as is_rewritten,
    compared.tied_copies
from compared
union all
-- A record of one copy without any version: nothing to order or to compare.
select
    copies.id,
    copies.copy_place,
    null as stored_place,
    null as closed_by,
    least(copies.observed_at, greatest(copies.updated_at, copies.created_at))
        as valid_from,
    null as valid_to,
    'opened' as fate,
    true as is_rewritten,
    null as tied_copies
from copies
where copies.is_alone and not copies.is_deleted
order by id, valid_from;

analyze versions (fate);

select
    count(*) filter (where versions.fate <> 'kept') as rows_written,
    count(*) filter (where versions.fate = 'opened') as versions_opened,
    count(*) filter (where versions.fate = 'closed') as versions_closed,
    count(*) filter (where versions.fate = 'reopened') as versions_reopened,
    count(*) filter (where versions.fate = 'removed') as versions_removed,
    coalesce(max(versions.tied_copies), 0) as warning_tied_copies
from versions;
