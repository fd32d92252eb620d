-- What:  how fresh and how whole each source is, and when it was loaded last
-- Grain: one row per source
-- Reads: dm.data_trust, ops.run_log
-- A mark has loaded nothing.
select
    data_trust.source,
    data_trust.newest_change,
    data_trust.landed,
    last_load.finished_at as loaded_at,
    data_trust.built,
    data_trust.missed_by_incremental,
    data_trust.max_lateness_s,
    data_trust.chain_breaks,
    data_trust.failed_checks
from dm.data_trust
left join (
    values
    ('leads', 'daily_amocrm_load_leads', 'load_leads'),
    ('clients', 'daily_amocrm_load_clients', 'load_clients'),
    ('cars', 'daily_amocrm_load_cars', 'load_cars'),
    ('lead_events', 'daily_amocrm_load_events', 'load_events')
) as loads (source, dag_id, task_id)
    on data_trust.source = loads.source
left join lateral (
    select run_log.finished_at
    from ops.run_log
    where
        run_log.dag_id = loads.dag_id
        and run_log.task_id = loads.task_id
        and run_log.status = 'success'
        and run_log.reason is distinct from 'marked'
    order by run_log.logical_date desc, run_log.attempt desc
    limit 1
) as last_load on true
order by data_trust.source;
