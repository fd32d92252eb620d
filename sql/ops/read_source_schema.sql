-- What:  the fields, options, pipelines and stages of the account as they were looked at last
-- Grain: one row per field, option, pipeline or stage
-- Reads: ops.source_schema, $1 whose they are

select
    source_schema.kind,
    source_schema.key,
    source_schema.name,
    source_schema.type,
    source_schema.code
from ops.source_schema
where source_schema.source = $1
order by source_schema.kind, source_schema.key;
