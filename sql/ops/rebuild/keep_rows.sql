-- What:  keeps the rows of the tables that are rebuilt, to be compared
-- Grain: kept_<table>: a row
-- Reads: kept_tables (of list_tables.sql), every table that it lists

do $$
declare
    kept record;
begin
    for kept in select kept_tables.* from kept_tables loop
        execute format(
            'create temporary table %I on commit drop as table %s',
            kept.kept_name, kept.table_name
        );
    end loop;
end;
$$;

select count(*) as tables_kept
from kept_tables;
