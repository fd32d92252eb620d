-- What:  closes the incidents whose DAG is well again
-- Grain: one row per closed incident
-- Reads: ops.dag_state, ops.incident
-- Well again: the date of the incident or a later one has succeeded since, and no date after that
-- one has failed for good. The success of an older date says nothing about the newer that failed.
update ops.incident
set closed_at = greatest(recoveries.recovered_at, incident.opened_at)
from (
    select
        open_incident.incident_id,
        -- The newest: when two dates had failed, the first one repaired is not the end of it.
        max(success.finished_at) as recovered_at
    from ops.incident as open_incident
    inner join lateral (
        select
            dag_state.logical_date,
            dag_state.finished_at
        from ops.dag_state
        where
            dag_state.dag_id = open_incident.dag_id
            and dag_state.logical_date >= open_incident.logical_date
            and dag_state.state = 'success'
            and (
                dag_state.logical_date = open_incident.logical_date
                or dag_state.finished_at > open_incident.opened_at
            )
    ) as success on true
    left join lateral (
        select max(dag_state.logical_date) as logical_date
        from ops.dag_state
        where
            dag_state.dag_id = open_incident.dag_id
            and dag_state.logical_date > open_incident.logical_date
            and dag_state.state = 'failed'
            and (
                dag_state.reason in ('error', 'check', 'account', 'budget')
                or (
                    dag_state.reason = 'worker_died'
                    and dag_state.worker_deaths >= $1::integer
                )
            )
    ) as last_failure on true
    where
        open_incident.closed_at is null
        and success.logical_date > coalesce(last_failure.logical_date, '-infinity'::date)
    group by open_incident.incident_id
) as recoveries
where
    incident.incident_id = recoveries.incident_id
    and incident.closed_at is null
returning incident.incident_id;
