-- What:  how many rows each table of the warehouse has
-- Grain: one row per table, in the order of the layers
-- Reads: every table of stg, ods, dict and dds, and the run log

select
    tables.layer,
    tables.table_name,
    tables.rows
from (
    values
    (1, 'stg', 'stg_leads', (select count(*) from stg.stg_leads)),
    (1, 'stg', 'stg_clients', (select count(*) from stg.stg_clients)),
    (1, 'stg', 'stg_cars', (select count(*) from stg.stg_cars)),
    (1, 'stg', 'rejected', (select count(*) from stg.rejected)),
    (2, 'dict', 'dict_status_leads', (select count(*) from dict.dict_status_leads)),
    (3, 'ods', 'ods_leads_hist', (select count(*) from ods.ods_leads_hist)),
    (3, 'ods', 'ods_clients_hist', (select count(*) from ods.ods_clients_hist)),
    (3, 'ods', 'ods_cars_hist', (select count(*) from ods.ods_cars_hist)),
    (4, 'dds', 'dim_car', (select count(*) from dds.dim_car)),
    (4, 'dds', 'dim_client', (select count(*) from dds.dim_client)),
    (4, 'dds', 'dim_status', (select count(*) from dds.dim_status)),
    (4, 'dds', 'dim_date', (select count(*) from dds.dim_date)),
    (4, 'dds', 'fact_rentals', (select count(*) from dds.fact_rentals)),
    (
        4, 'dds', 'fact_lead_status_change',
        (select count(*) from dds.fact_lead_status_change)
    ),
    (
        4, 'dds', 'fact_fleet_usage_day',
        (select count(*) from dds.fact_fleet_usage_day)
    ),
    (5, 'ops', 'run_log', (select count(*) from ops.run_log))
) as tables (place, layer, table_name, rows)
order by tables.place;
