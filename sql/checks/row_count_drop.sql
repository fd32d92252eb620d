-- What:  warn: complete loads that read far fewer records than the complete load before
-- Grain: one row per load
-- Reads: ops.run_log, rental.rows_read (of the load in hand; empty: by hand),
--        rental.is_partial_read (the load in hand read only what changed)
-- Scope: everything
-- After: load_leads: stg.stg_leads
-- After: load_clients: stg.stg_clients
-- After: load_cars: stg.stg_cars
--
-- Why: an answer that breaks off, a changed right of the token and a mass deletion look
-- alike from here. Nothing is closed for it: records that a load misses are asked for by
-- id first, and MAX_DELETE_PERCENT bounds what one run may close. Ten records fewer are
-- everyday life, whatever their share of a small account. A load that read only
-- what changed (metric is_full_scan 0) says nothing of this, and is left out on both sides.

with loads as (
    select
        run_log.rows_read,
        run_log.finished_at
    from ops.run_log
    where
        run_log.dag_id = replace(
            current_setting('rental.checked_table'), 'stg.stg_', 'daily_amocrm_load_'
        )
        and run_log.task_id
        = replace(current_setting('rental.checked_table'), 'stg.stg_', 'load_')
        and run_log.status = 'success'
        and run_log.rows_read is not null
        and run_log.metrics ->> 'is_full_scan' is distinct from '0'
    union all
    select
        nullif(current_setting('rental.rows_read'), '')::bigint as rows_read,
        'infinity' as finished_at
    where current_setting('rental.rows_read') <> ''
),

compared as (
    select
        loads.rows_read,
        lead(loads.rows_read) over newest_first as rows_before,
        row_number() over newest_first as place
    from loads
    window newest_first as (order by loads.finished_at desc)
)

select
    replace(current_setting('rental.checked_table'), 'stg.stg_', 'load_') as id,
    compared.rows_read || ' found, ' || compared.rows_before
    || ' the load before, limit MAX_ROW_DROP_PERCENT='
    || current_setting('rental.max_row_drop_percent') as detail
from compared
where
    current_setting('rental.is_partial_read') <> 'true'
    and compared.place = 1
    and compared.rows_before - compared.rows_read > 10
    and compared.rows_before - compared.rows_read
    > compared.rows_before
    * current_setting('rental.max_row_drop_percent')::numeric / 100;
