-- What:  compares the rows that were kept with those that are there now
-- Grain: kept_differences: a table with a difference
-- Reads: kept_tables and kept_<table> (of keep_rows.sql), every table of dm,
--        dds.booked_version, dds.booked_step

create temporary table kept_differences (
    table_name text not null,
    missing bigint not null,
    surplus bigint not null
) on commit drop;

do $$
declare
    kept record;
begin
    for kept in select kept_tables.* from kept_tables loop
        execute format(
            'insert into kept_differences (table_name, missing, surplus)
            select
                %1$L,
                (select count(*) from (table %1$s except all table %2$I) as rows_now),
                (select count(*) from (table %2$I except all table %1$s) as rows_before)',
            kept.table_name, kept.kept_name
        );
    end loop;
end;
$$;

delete from kept_differences
where kept_differences.missing = 0 and kept_differences.surplus = 0;

select count(*) as tables_differing
from kept_differences;
