-- What:  finds what simply goes on: records of which one copy landed that is live, later than
--        all others, and says of itself that it changed after the one before it was seen
-- Grain: next_versions: a record; is_change says whether a version opens, at opens_at, and
--        ends the one that is there, at stored_place
-- Reads: copies and stored_versions (of merge_ods_<records>/copies.sql)
--
-- The law of true_versions.sql, where it needs no more of the past than its last version: no
-- copy opens after it was seen, so the new one opens after all others, and the open
-- version tells the state of the last of them. Most copies of a day are such ones.

create temporary table next_versions on commit drop as
with lives as (
    select
        copies.id,
        max(copies.copy_place) filter (where copies.is_new) as copy_place,
        max(copies.state) filter (where copies.is_new) as state,
        max(copies.observed_at) filter (where copies.is_new) as observed_at,
        max(copies.updated_at) filter (where copies.is_new) as updated_at,
        max(copies.observed_at) filter (where not copies.is_new) as seen_before_at
    from copies
    where copies.is_next
    group by copies.id
)

select
    lives.id,
    lives.copy_place,
    stored_versions.stored_place,
    stored_versions.valid_from,
    least(lives.observed_at, lives.updated_at) as opens_at,
    lives.state <> stored_versions.state as is_change
from lives
inner join stored_versions on lives.id = stored_versions.id and stored_versions.is_current
where
    lives.state is not null
    and lives.observed_at > lives.seen_before_at
    and lives.updated_at > lives.seen_before_at
order by 1;

analyze next_versions (id, is_change);

select count(*) as ids_going_on
from next_versions;
