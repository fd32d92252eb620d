-- What:  forgets every mart and how far it has come, so that the next build starts from nothing
-- Grain: every table of kept_tables; ops.watermark: the readers of dm
-- Reads: kept_tables (of list_tables.sql)

do $$
declare
    kept record;
begin
    for kept in select kept_tables.* from kept_tables loop
        execute format('delete from %s', kept.table_name);
    end loop;
end;
$$;

-- One row per source is there from the beginning.
insert into dm.source_change (source)
values ('leads'), ('clients'), ('cars'), ('lead_events');

update ops.watermark
set
    position = 0,
    cursor_day = null,
    settings = null,
    changed_at = clock_timestamp()
where watermark.name like 'dm.%';

select count(*) as tables_forgotten
from kept_tables;
