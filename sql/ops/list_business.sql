-- What:  the settings that the warehouse was filled with
-- Grain: one row per setting; none before the first run
-- Reads: ops.warehouse_setting
select
    warehouse_setting.name,
    warehouse_setting.value
from ops.warehouse_setting
order by warehouse_setting.name;
