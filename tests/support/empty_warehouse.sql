-- What:  empties every table of the warehouse and puts the seeded rows back
-- Grain: every table
-- Reads: the tables of schema seed
do $$
declare
    names text;
    source record;
    columns text;
begin
    select string_agg(format('%I.%I', schemaname, tablename), ', ')
    into names
    from pg_tables
    where schemaname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops');
    execute 'truncate ' || names || ' restart identity cascade';

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
