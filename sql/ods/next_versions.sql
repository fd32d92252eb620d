-- What:  finds what simply goes on: records of which one copy landed that is live, later than
--        all others, and says of itself that it changed after the one before it was seen
-- Grain: next_versions: a record; is_change says whether a version opens, at opens_at, and
--        ends the one that is there, at stored_place
-- Reads: changed_records, copies and stored_versions (of merge_ods_<records>/copies.sql)
--
-- The law of true_versions.sql, where it needs no more of the past than its last version: no
-- copy opens after it was seen, so the new one opens after all others, and the open
-- version tells the state of the last of them. Most copies of a day are such ones.

create temporary table next_versions on commit drop as
select
    changed_records.id,
    copies.copy_place,
    stored_versions.stored_place,
    stored_versions.valid_from,
    least(copies.observed_at, copies.updated_at) as opens_at,
    copies.state <> stored_versions.state as is_change
from changed_records
inner join copies on changed_records.new_place = copies.copy_place
inner join stored_versions
    on changed_records.id = stored_versions.id and stored_versions.is_current
where
    changed_records.seen_before_at is not null
    and not copies.is_deleted
    and copies.observed_at > changed_records.seen_before_at
    and copies.updated_at > changed_records.seen_before_at
order by 1;

analyze next_versions (id, is_change);

select
    count(*) as ids_going_on,
    (select count(*) from changed_records) - count(*) as ids_derived
from next_versions;
