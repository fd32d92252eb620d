-- What:  remembers with which BUSINESS_TZ ($1) and CURRENCY ($2) the warehouse is filled, once
-- Grain: one row: how many settings it has remembered just now, and whether it had runs before
-- Reads: ops.warehouse_setting, ops.run_log
with remembered_settings as (
    insert into ops.warehouse_setting (name, value)
    values ('BUSINESS_TZ', $1), ('CURRENCY', $2)
    on conflict (name) do nothing
    returning warehouse_setting.name
)
select
    (select count(*)::integer from remembered_settings) as settings_remembered,
    exists(select from ops.run_log) as has_runs;
