-- What:  the definitions of all columns of the marts
-- Grain: one row per column of a table or view of dm that has a comment
-- Reads: pg_description, pg_attribute, pg_class
select
    format('dm.%s.%s', pg_class.relname, pg_attribute.attname) as name,
    pg_description.description as text
from pg_class
inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
inner join pg_description
    on
        pg_class.oid = pg_description.objoid
        and pg_description.classoid = 'pg_class'::regclass
        and pg_attribute.attnum = pg_description.objsubid
where pg_class.relnamespace = 'dm'::regnamespace and pg_attribute.attnum > 0
