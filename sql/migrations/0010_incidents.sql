-- What:  who is telling people of an incident right now, and how each DAG stands for each date

alter table ops.incident
add column telling_until timestamptz;

comment on column ops.incident.telling_until is 'Until when a scheduler has this incident to itself to tell people of it, by the clock of the database; null: nobody has it';
comment on column ops.incident.opened_at is 'When the run that opened it had failed';
comment on column ops.incident.closed_at is 'When the run that closed it had succeeded; null: it goes on';
comment on column ops.incident.recovery_told_at is 'When the message of the recovery was accepted by the webhook; one message may tell of failure and recovery';

create view ops.dag_state as
with task_states as (
    select
        run_log.dag_id,
        run_log.task_id,
        run_log.logical_date,
        (array_agg(run_log.status order by run_log.attempt desc))[1] as status,
        (array_agg(run_log.reason order by run_log.attempt desc))[1] as reason,
        count(*) filter (where run_log.reason = 'worker_died') as worker_deaths,
        bool_or(run_log.status = 'success') as has_success,
        max(run_log.finished_at) as finished_at,
        max(run_log.finished_at) filter (
            where run_log.status = 'success'
        ) as succeeded_at
    from ops.run_log
    group by run_log.dag_id, run_log.task_id, run_log.logical_date
),

dag_states as (
    select
        task_states.dag_id,
        task_states.logical_date,
        case
            when bool_or(task_states.status in ('waiting', 'running')) then 'active'
            when bool_and(task_states.has_success) then 'success'
            when bool_or(not task_states.has_success and task_states.status = 'failed')
                then 'failed'
            else 'upstream_failed'
        end as state,
        (
            array_agg(
                coalesce(task_states.reason, 'error')
                order by task_states.finished_at desc, task_states.task_id asc
            ) filter (
                where not task_states.has_success and task_states.status = 'failed'
            )
        )[1] as reason,
        max(task_states.worker_deaths) filter (
            where not task_states.has_success
        ) as worker_deaths,
        max(task_states.succeeded_at) as succeeded_at,
        max(task_states.finished_at) filter (
            where not task_states.has_success
        ) as failed_at
    from task_states
    group by task_states.dag_id, task_states.logical_date
)

select
    dag_states.dag_id,
    dag_states.state,
    case when dag_states.state = 'failed' then dag_states.reason end as reason,
    coalesce(dag_states.worker_deaths, 0) as worker_deaths,
    dag_states.logical_date,
    case dag_states.state
        when 'success' then dag_states.succeeded_at
        when 'active' then null
        else dag_states.failed_at
    end as finished_at
from dag_states;

comment on view ops.dag_state is 'One row per DAG and date that was ever tried: active (claimed), success (each task has succeeded), failed (a task of its own), upstream_failed (only tasks before it did)';
comment on column ops.dag_state.reason is 'Why its task failed, as in ops.run_log; null unless failed';
comment on column ops.dag_state.worker_deaths is 'How often a worker died over one of its unfinished tasks';
comment on column ops.dag_state.finished_at is 'When it came to that; null while active';
