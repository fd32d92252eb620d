-- What:  which records have other versions by their copies than those that are there
-- Grain: one row per record with a difference
-- Reads: versions (of compared_versions.sql)

select
    versions.id,
    count(*) filter (where versions.fate = 'opened') as missing,
    count(*) filter (where versions.fate in ('closed', 'reopened')) as wrong,
    count(*) filter (where versions.fate = 'removed') as surplus
from versions
where versions.fate <> 'kept'
group by versions.id
order by versions.id;
