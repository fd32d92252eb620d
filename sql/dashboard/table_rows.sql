-- What:  how large each table of the warehouse is
-- Grain: one row per table and view
-- Reads: pg_class, and the rows of tables that are small enough to be counted
-- Rows of larger ones are estimated as the planner does: as dense as when it last looked.
with relations as (
    select
        pg_namespace.nspname || '.' || pg_class.relname as name,
        format('%I.%I', pg_namespace.nspname, pg_class.relname) as quoted_name,
        pg_class.relkind in ('r', 'p') as is_table,
        pg_class.reltuples,
        pg_class.relpages,
        pg_relation_size(pg_class.oid) as bytes,
        pg_total_relation_size(pg_class.oid) as bytes_with_indexes
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where
        pg_namespace.nspname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops')
        and pg_class.relkind in ('r', 'p', 'v', 'm')
        and has_table_privilege(pg_class.oid, 'select')
)

select
    relations.name,
    case when relations.is_table then relations.bytes_with_indexes end as bytes,
    case
        when
            relations.is_table
            -- Nobody has looked at a table of a small or a new warehouse yet.
            and relations.bytes
            < case when relations.reltuples < 0 then 67108864 else 1048576 end
            then substring(
                query_to_xml(
                    'select count(*) as n from ' || relations.quoted_name, false, true, ''
                )::text
                from '<n>(\d+)</n>'
            )::bigint
    end as counted_rows,
    case
        when relations.is_table and relations.relpages > 0
            then round(
                relations.reltuples / relations.relpages
                * (relations.bytes / current_setting('block_size')::integer)
            )::bigint
    end as estimated_rows
from relations
order by relations.name;
