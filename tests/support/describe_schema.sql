-- What:  one text that differs as soon as somebody has changed the schema, or put it back by hand
-- Grain: one row
-- Reads: the catalogs that say what tables, functions and roles are; not pg_class, which a truncate writes
select
    concat_ws(
        ' ',
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_attribute),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_attrdef),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_constraint),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_index),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_proc),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_trigger),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_rewrite),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_namespace
            where nspname !~ '^pg_(toast_)?temp'),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_authid),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_auth_members),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_description),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_type
            where typnamespace in (
                select oid from pg_namespace where nspname !~ '^pg_(toast_)?temp')),
        (select md5(string_agg(concat_ws(' ', oid, relname, relacl, reloptions), ',' order by oid))
            from pg_class
            where relnamespace in (
                select oid from pg_namespace where nspname !~ '^pg_(toast|temp)')),
        (select concat_ws('.', count(*), sum(xmin::text::bigint)) from pg_db_role_setting)
    ) as schema;
