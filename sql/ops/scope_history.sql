-- What:  makes the tables of what checks of a history look at, which scope_history/ fills for one
--        history after the other
-- Grain: history_versions: a version of a record to which a check may object, beside what is told
--        of the one before it, and how many open ones there are up to it; newest_sights: a record
--        whose newest row in stg is not what its open version says
-- Reads: nothing
--
-- Texts of a known length need no table for long ones, which would be made and dropped beside each.

create temporary table history_versions (
    table_name varchar(63) not null,
    id bigint not null,
    is_current boolean,
    may_differ boolean not null,
    updated_at timestamptz,
    valid_from timestamptz,
    valid_to timestamptz,
    opened_before timestamptz,
    closed_before timestamptz,
    open_versions bigint not null
) on commit drop;

create temporary table newest_sights (
    table_name varchar(63) not null,
    id bigint not null,
    is_deleted boolean not null,
    is_open boolean not null,
    observed_at timestamptz not null,
    opened_at timestamptz
) on commit drop;

select
    (select count(*) from history_versions) as versions_to_judge,
    (select count(*) from newest_sights) as records_to_judge;
