-- What:  shows the merges which versions end and which to write
-- Grain: closed_versions: a version that ends and keeps its values; written_versions: one to write
--        with those of its copy; version_counts: one row
-- Reads: versions (of compared_versions.sql), next_versions (of next_versions.sql)
--
-- Of a record that simply goes on and changed the open version ends, and one opens:
-- next_versions says so as it is.

-- Where compared_versions.sql was passed over there are none, and the merges name them. (Texts of a
-- known length: for others a table for long ones would be made beside it, and dropped.)
create temporary table if not exists versions (
    id bigint,
    copy_place tid,
    stored_place tid,
    closed_by varchar(63),
    valid_from timestamptz,
    valid_to timestamptz,
    fate varchar(63),
    is_rewritten boolean
) on commit drop;

create temporary view closed_versions as
select
    versions.stored_place,
    versions.closed_by,
    versions.valid_to
from versions
where versions.fate = 'closed' and not versions.is_rewritten
union all
select
    next_versions.stored_place,
    null as closed_by,
    next_versions.opens_at as valid_to
from next_versions
where next_versions.is_change;

create temporary view written_versions as
select
    versions.id,
    versions.copy_place,
    versions.closed_by,
    versions.valid_from,
    versions.valid_to
from versions
where versions.fate = 'reopened' or versions.is_rewritten
union all
select
    next_versions.id,
    next_versions.copy_place,
    null as closed_by,
    next_versions.opens_at as valid_from,
    null as valid_to
from next_versions
where next_versions.is_change;

create temporary view version_counts as
select
    computed.versions_opened
    + computed.versions_closed
    + computed.versions_reopened
    + computed.versions_removed
    + 2 * going_on.changes as rows_written,
    computed.versions_opened + going_on.changes as versions_opened,
    computed.versions_closed + going_on.changes as versions_closed,
    computed.versions_reopened,
    computed.versions_removed
from (
    select
        count(*) filter (where versions.fate = 'opened') as versions_opened,
        count(*) filter (where versions.fate = 'closed') as versions_closed,
        count(*) filter (where versions.fate = 'reopened') as versions_reopened,
        count(*) filter (where versions.fate = 'removed') as versions_removed
    from versions
) as computed
cross join (
    select count(*) as changes
    from next_versions
    where next_versions.is_change
) as going_on;

select version_counts.*
from version_counts;
