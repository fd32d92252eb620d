-- What:  empties every table of the warehouse and puts the seeded rows back
-- Grain: every table
-- Reads: the tables of schema seed
do $$
declare
    source record;
    filled text;
    columns text;
begin
    -- To truncate a table that is empty costs as much, and most of them are. One that nobody has
    -- filled has no page, and to look into each of them takes longer than all else here.
    select string_agg(format('%I.%I', nspname, relname), ', ')
    into filled
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where
        relkind = 'r'
        and nspname in ('stg', 'ods', 'dict', 'dds', 'dm', 'ops')
        and pg_relation_size(pg_class.oid) > 0;
    execute format('truncate %s cascade', filled);
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
