-- What:  compares the rows that were kept with those that are there now
-- Grain: kept_differences: a table with a difference
-- Reads: kept_tables (of list_tables.sql), kept_<table> (of keep_rows.sql), every table that is
--        listed
--
-- But for load_date, which says when a row was written.

create temporary table kept_differences (
    table_name text not null,
    missing bigint not null,
    surplus bigint not null
) on commit drop;

do $$
declare
    kept record;
begin
    for kept in
        select
            kept_tables.table_name,
            kept_tables.kept_name,
            string_agg(format('%I', pg_attribute.attname), ', ') as columns
        from kept_tables
        inner join pg_attribute on kept_tables.table_id = pg_attribute.attrelid
        where
            pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
            and pg_attribute.attname <> 'load_date'
        group by kept_tables.table_name, kept_tables.kept_name
    loop
        execute format(
            'insert into kept_differences (table_name, missing, surplus)
            select
                %1$L,
                (
                    select count(*)
                    from (
                        select %3$s from %1$s except all select %3$s from %2$I
                    ) as rows_now
                ),
                (
                    select count(*)
                    from (
                        select %3$s from %2$I except all select %3$s from %1$s
                    ) as rows_before
                )',
            kept.table_name, kept.kept_name, kept.columns
        );
    end loop;
end;
$$;

delete from kept_differences
where kept_differences.missing = 0 and kept_differences.surplus = 0;

select count(*) as tables_differing
from kept_differences;
