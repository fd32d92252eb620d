-- What:  error: sources whose newest load is older than FRESHNESS_HOURS
-- Grain: one row per source
-- Reads: ops.run_log
-- Scope: everything
-- After: merge_ods_leads: stg.stg_leads
-- After: merge_ods_clients: stg.stg_clients
-- After: merge_ods_cars: stg.stg_cars
-- After: merge_dict_status_leads: dict.dict_status_leads_stg
--
-- Why: reports would show an old state as today's. What counts is when the load
-- succeeded, by the database's clock, for whatever date: a quiet day lands no row and
-- is fresh all the same. A load that a person marked as done has read nothing. The age
-- is taken at the end of the logical date, or now when that is still to come: a date
-- long ago is never stale, because every later load is newer than it needs.

with sources (table_name, dag_id, task_id) as (
    values
    ('stg.stg_leads', 'daily_amocrm_load_leads', 'load_leads'),
    ('stg.stg_clients', 'daily_amocrm_load_clients', 'load_clients'),
    ('stg.stg_cars', 'daily_amocrm_load_cars', 'load_cars'),
    (
        'dict.dict_status_leads_stg', 'daily_build_dict_status_leads',
        'extract_statuses_to_stage'
    )
),

newest_loads as (
    select
        sources.task_id,
        max(run_log.finished_at) as loaded_at,
        least(
            clock_timestamp(),
            (current_setting('rental.logical_date')::date + 1)::timestamp
            at time zone current_setting('rental.business_tz')
        ) as needed_at
    from sources
    inner join ops.run_log
        on
            sources.dag_id = run_log.dag_id
            and sources.task_id = run_log.task_id
    where
        sources.table_name = current_setting('rental.checked_table')
        and run_log.status = 'success'
        and run_log.reason is distinct from 'marked'
    group by sources.task_id
)

select
    newest_loads.task_id as id,
    'loaded at ' || date_trunc('second', newest_loads.loaded_at) || ', '
    || round(
        extract(epoch from newest_loads.needed_at - newest_loads.loaded_at) / 3600
    ) || ' hours before it is needed, limit FRESHNESS_HOURS='
    || current_setting('rental.freshness_hours') as detail
from newest_loads
where
    newest_loads.loaded_at
    < newest_loads.needed_at - make_interval(
        secs => current_setting('rental.freshness_hours')::float8 * 3600
    );
