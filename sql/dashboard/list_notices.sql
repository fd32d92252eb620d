-- What:  what is wrong with the data now: failed checks, stale sources, builds that are not done
-- Grain: one row per check and table, source, or task
-- Reads: dm.failed_check, dm.task_freshness; $1 FRESHNESS_HOURS
with sources (table_name, dag_id, task_id) as (
    values
    ('stg.stg_leads', 'daily_amocrm_load_leads', 'load_leads'),
    ('stg.stg_clients', 'daily_amocrm_load_clients', 'load_clients'),
    ('stg.stg_cars', 'daily_amocrm_load_cars', 'load_cars'),
    ('stg.stg_lead_events', 'daily_amocrm_load_events', 'load_events'),
    (
        'dict.dict_status_leads', 'daily_build_dict_status_leads',
        'merge_dict_status_leads'
    )
),

newest_date as (
    select max(task_freshness.newest_date) as logical_date
    from dm.task_freshness
)

select
    'check' as kind,
    failed_check.check_name as subject,
    failed_check.table_name,
    failed_check.severity,
    failed_check.offenders as amount,
    null::date as logical_date,
    failed_check.checked_at as happened_at
from dm.failed_check
union all
select
    'source' as kind,
    sources.task_id as subject,
    sources.table_name,
    'error' as severity,
    null::bigint as amount,
    null::date as logical_date,
    task_freshness.succeeded_at as happened_at
from sources
left join dm.task_freshness
    on
        sources.dag_id = task_freshness.dag_id
        and sources.task_id = task_freshness.task_id
where
    task_freshness.succeeded_at is null
    or task_freshness.succeeded_at
    < clock_timestamp() - make_interval(secs => $1::double precision * 3600)
union all
select
    'build' as kind,
    task_freshness.dag_id || '.' || task_freshness.task_id as subject,
    null::text as table_name,
    case
        when task_freshness.newest_date < newest_date.logical_date then 'not run yet'
        when task_freshness.status = 'success' then 'stale'
        else task_freshness.status
    end as severity,
    null::bigint as amount,
    newest_date.logical_date,
    task_freshness.succeeded_at as happened_at
from dm.task_freshness
cross join newest_date
where
    task_freshness.newest_date < newest_date.logical_date
    or task_freshness.status <> 'success'
    or task_freshness.is_stale
order by kind, subject, table_name;
