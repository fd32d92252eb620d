-- What:  opens an incident for each DAG that has failed for good and has none open
-- Grain: one row per opened incident
-- Reads: ops.dag_state, ops.incident
-- Either of one DAG and date, or ($1 and $2 null) of all DAGs for today and yesterday: older dates
-- are run by hand, and then somebody is looking. What was cut off, cancelled or refused by its
-- upstream is not a failure of its own. The partial unique index incident_one_open decides between
-- schedulers that come together.
insert into ops.incident (dag_id, logical_date, opened_at)
select distinct on (dag_state.dag_id)
    dag_state.dag_id,
    dag_state.logical_date,
    dag_state.finished_at as opened_at
from ops.dag_state
where
    dag_state.state = 'failed'
    and ($1::text is null or dag_state.dag_id = $1::text)
    and (
        dag_state.logical_date = $2::date
        or (
            $2::date is null
            and dag_state.logical_date
            >= (now() at time zone $3::text)::date - 1
        )
    )
    and (
        dag_state.reason in ('error', 'check', 'account', 'budget')
        or (dag_state.reason = 'worker_died' and dag_state.worker_deaths >= $4::integer)
    )
    and not exists (
        select
        from ops.incident
        where
            incident.dag_id = dag_state.dag_id
            and (incident.closed_at is null or incident.closed_at >= dag_state.finished_at)
    )
    -- One row at a time, so that only the DAG's own rows are read.
    and not coalesce((
        select bool_or(newer.finished_at > dag_state.finished_at)
        from ops.dag_state as newer
        where
            newer.dag_id = dag_state.dag_id
            and newer.logical_date > dag_state.logical_date
            and newer.state = 'success'
    ), false)
order by dag_state.dag_id asc, dag_state.logical_date desc
on conflict (dag_id) where closed_at is null do nothing
returning incident.incident_id;
