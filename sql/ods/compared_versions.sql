-- What:  says what becomes of each version of changed records that is there or should be
-- Grain: versions: a version of a record that is computed anew
-- Reads: true_versions (of true_versions.sql), next_versions (of next_versions.sql),
--        changed_records (of merge_ods_<records>/changes.sql), copies and stored_versions (of
--        merge_ods_<records>/copies.sql)
-- If:    ids_derived (of next_versions.sql)
--
-- fate says what becomes of a version; the copy that opened it lies at copy_place, the
-- version that is there at stored_place, and one that is_rewritten takes its values from its
-- copy.

create temporary table versions on commit drop as
with compared as (
    select
        id,
        valid_from,
        true_versions.copy_place,
        stored_versions.stored_place,
        true_versions.closed_by,
        true_versions.valid_to,
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
    full join (
        select stored_versions.*
        from stored_versions
        inner join changed_records on stored_versions.id = changed_records.id
        where
            not exists (
                select
                from next_versions
                where next_versions.id = changed_records.id
            )
    ) as stored_versions using (id, valid_from)
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
    compared.is_true and not (compared.is_stored and compared.has_values) as is_rewritten
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
    true as is_rewritten
from copies
inner join changed_records on copies.id = changed_records.id
where changed_records.is_alone and not copies.is_deleted
order by id, valid_from;

analyze versions (fate, copy_place);

drop view copies, restores, stored_versions;

select count(*) as versions_compared
from versions;
