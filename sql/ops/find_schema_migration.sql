-- What:  whether ops.schema_migration is there
-- Grain: one row
-- Reads: the catalog
select (to_regclass('ops.schema_migration') is not null) as is_there;
