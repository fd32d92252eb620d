-- What:  ops.schema_migration, which has to be there before the first migration
-- Grain: one row per applied file of sql/migrations
-- Reads: nothing
create schema if not exists ops;

create table if not exists ops.schema_migration (
    version integer not null,
    file text not null,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp(),
    constraint schema_migration_pk primary key (version)
);

alter table ops.schema_migration
add column if not exists metrics jsonb;

comment on table ops.schema_migration is
'Applied files of sql/migrations, one row each; checksum is sha-256 of the text';
comment on column ops.schema_migration.metrics is
'What the file did to the rows that were there, where it counts them';

select count(*) as applied_migrations
from ops.schema_migration;
