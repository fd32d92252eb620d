-- What:  notes that a file of sql/migrations was applied
-- Grain: one row
-- Reads: nothing
insert into ops.schema_migration (version, file, checksum, metrics)
values ($1, $2, $3, $4::text::jsonb);
