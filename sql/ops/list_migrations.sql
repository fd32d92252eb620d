-- What:  the applied migrations, oldest first
-- Grain: one row per applied file
-- Reads: ops.schema_migration
select
    schema_migration.version,
    schema_migration.file,
    schema_migration.checksum
from ops.schema_migration
order by schema_migration.version;
