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

-- Worked out once for all that follows.
freshness as materialized (
    select task_freshness.*
    from dm.task_freshness
),

newest_date as (
    select max(freshness.newest_date) as logical_date
    from freshness
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
    freshness.succeeded_at as happened_at
from sources
left join freshness
    on
        sources.dag_id = freshness.dag_id
        and sources.task_id = freshness.task_id
where
    freshness.succeeded_at is null
    or freshness.succeeded_at
    < clock_timestamp() - make_interval(secs => $1::double precision * 3600)
union all
select
    'build' as kind,
    freshness.dag_id || '.' || freshness.task_id as subject,
    null::text as table_name,
    case
        when freshness.newest_date < newest_date.logical_date then 'not run yet'
        when freshness.status = 'success' then 'stale'
        else freshness.status
    end as severity,
    null::bigint as amount,
    newest_date.logical_date,
    freshness.succeeded_at as happened_at
from freshness
cross join newest_date
where
    freshness.newest_date < newest_date.logical_date
    or freshness.status <> 'success'
    or freshness.is_stale
order by kind, subject, table_name;
