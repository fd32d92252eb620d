-- What:  drops what a task has left in temporary tables, as the end of its transaction would
-- Grain: every temporary table but those that keep rows
-- Reads: nothing

do $$
declare
    task_table record;
begin
    for task_table in
        select pg_class.relname
        from pg_class
        where
            pg_class.relnamespace = pg_my_temp_schema()
            and pg_class.relkind = 'r'
            and pg_class.relname not like 'kept\_%'
    loop
        -- With the views on it.
        execute format('drop table pg_temp.%I cascade', task_table.relname);
    end loop;
end;
$$;

select count(*) as tables_left
from pg_class
where
    pg_class.relnamespace = pg_my_temp_schema()
    and pg_class.relkind = 'r';
