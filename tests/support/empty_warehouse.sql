-- What:  empties every table of the warehouse and puts the seeded rows back
-- Grain: every table
-- Reads: the tables of schema seed
do $$
declare
    source record;
    has_rows boolean;
    filled text[] = '{}';
    columns text;
begin
    -- To truncate a table that is empty costs as much, and most of them are.
    for source in
        select format('%I.%I', schemaname, tablename) as name
        from pg_tables
        where schemaname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops')
    loop
        execute format('select exists (select from %s)', source.name) into has_rows;
        if has_rows then
            filled = filled || source.name;
        end if;
    end loop;
    execute format('truncate %s cascade', array_to_string(filled, ', '));
    perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences
    where
        schemaname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops')
        and last_value is not null;

    for source in
        select
            tablename,
            split_part(tablename, '.', 1) as schema_name,
            split_part(tablename, '.', 2) as table_name
        from pg_tables
        where schemaname = 'seed'
    loop
        -- Generated columns come back by themselves.
        select string_agg(quote_ident(attname), ', ' order by attnum)
        into columns
        from pg_attribute
        where
            attrelid = format('%I.%I', source.schema_name, source.table_name)::regclass
            and attnum > 0
            and not attisdropped
            and attgenerated = '';
        execute format(
            'insert into %I.%I (%s) overriding system value select %s from seed.%I',
            source.schema_name, source.table_name, columns, columns, source.tablename
        );
    end loop;
end;
$$;
