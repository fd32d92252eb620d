-- What:  what the run log knows of an incident: its error, and which dates have succeeded since
-- Grain: one row
-- Reads: ops.incident, ops.run_log, ops.dag_state
select
    last_failure.task_id,
    last_failure.error,
    coalesce((
        select dag_state.state = 'success'
        from ops.dag_state
        where
            dag_state.dag_id = incident.dag_id
            and dag_state.logical_date = incident.logical_date
    ), false) as is_repaired,
    (
        select min(dag_state.logical_date)
        from ops.dag_state
        where
            dag_state.dag_id = incident.dag_id
            and dag_state.logical_date > incident.logical_date
            and dag_state.state = 'success'
            and dag_state.finished_at > incident.opened_at
    ) as later_date
from ops.incident
left join lateral (
    select
        run_log.task_id,
        run_log.error
    from ops.run_log
    where
        run_log.dag_id = incident.dag_id
        and run_log.logical_date = incident.logical_date
        and run_log.status = 'failed'
        and run_log.finished_at <= incident.opened_at
    order by run_log.finished_at desc, run_log.attempt desc
    limit 1
) as last_failure on true
where incident.incident_id = $1::bigint;
