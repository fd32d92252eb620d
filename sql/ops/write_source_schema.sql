-- What:  remembers the fields, options, pipelines and stages of the account as they are now
-- Grain: one row per field, option, pipeline or stage
-- Reads: $1 whose they are, $2 all of them as the text of a JSON array

with present_entries as (
    select entries.*
    from jsonb_to_recordset($2::text::jsonb) as entries (
        kind text, key text, name text, type text, code text
    )
),

removed_entries as (
    delete from ops.source_schema
    where
        source_schema.source = $1
        and not exists (
            select 1
            from present_entries
            where
                present_entries.kind = source_schema.kind
                and present_entries.key = source_schema.key
        )
    returning 1
),

written_entries as (
    insert into ops.source_schema (source, kind, key, name, type, code)
    select
        $1::text as source,
        present_entries.kind,
        present_entries.key,
        present_entries.name,
        present_entries.type,
        present_entries.code
    from present_entries
    on conflict (source, kind, key) do update
        set
            name = excluded.name,
            type = excluded.type,
            code = excluded.code
        where
            row(source_schema.name, source_schema.type, source_schema.code)
            is distinct from row(excluded.name, excluded.type, excluded.code)
    returning 1
)

select
    (select count(*) from removed_entries)
    + (select count(*) from written_entries) as rows_written;
