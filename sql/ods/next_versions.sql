-- What:  finds what simply goes on: records of which one copy landed that is live, later than
--        all others, and says of itself that it changed after the one before it was seen
-- Grain: next_versions: a record; is_change says whether a version opens, at opens_at, and
--        ends the one that is there, at stored_place
-- Reads: changed_records (of merge_ods_<records>/changes.sql)
--
-- The law of true_versions.sql, where it needs no more of the past than its last version: no
-- copy opens after it was seen, so the new one opens after all others, and the open
-- version tells the state of the last of them. Most copies of a day are such ones.

create temporary view next_versions as
select
    changed_records.id,
    changed_records.new_place as copy_place,
    changed_records.stored_place,
    changed_records.opens_at,
    changed_records.is_other as is_change
from changed_records
where
    -- Asked once, so that a first build, where there are none, looks at no record for it.
    (select current_setting('rental.may_go_on')::boolean)
    and changed_records.opens_at > changed_records.seen_before_at;

select
    counted.ids_going_on,
    (select count(*) from changed_records) - counted.ids_going_on as ids_derived
from (select count(*) as ids_going_on from next_versions) as counted;
