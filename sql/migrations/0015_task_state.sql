-- What:  the one view of how tasks stand, and what it needs to know of each attempt

alter table ops.run_log
add column waits_for jsonb,
drop constraint run_log_reason_known,
add constraint run_log_reason_known check (
    reason in (
        'error', 'check', 'account', 'budget', 'worker_died', 'stopped', 'cancelled',
        'wait_timeout', 'upstream', 'marked'
    )
);

comment on column ops.run_log.waits_for is
'What the attempt waited for, as its DAG had it when it was claimed: names of DAGs and of tasks ("dag.task"), its task before it in the DAG included; null for marks, and for attempts from before staleness was known';
comment on column ops.run_log.reason is
'Why the attempt ended as it did: error (the task failed), check (a check of its data did), account (the amoCRM account lacks something, or refuses), budget (it took too long), worker_died (freed from a dead worker), stopped (the process was asked to end), cancelled (a person stopped it), wait_timeout (its upstream never came), upstream (its upstream failed), marked (a person said so); null for an ordinary success';

drop view ops.dag_state;

create view ops.task_state as
with tasks as (
    select
        run_log.dag_id,
        run_log.task_id,
        run_log.logical_date,
        max(run_log.attempt) as attempt,
        max(run_log.attempt) filter (
            where run_log.status = 'success'
        ) as success_attempt,
        max(run_log.attempt) filter (
            where run_log.status = 'failed' and run_log.reason = 'marked'
        ) as mark_attempt,
        count(*) as attempts,
        count(*) filter (where run_log.reason = 'worker_died') as worker_deaths,
        min(run_log.started_at) as first_started_at
    from ops.run_log
    group by run_log.dag_id, run_log.task_id, run_log.logical_date
)

select
    tasks.dag_id,
    tasks.task_id,
    tasks.logical_date,
    latest.run_id,
    tasks.attempt,
    tasks.attempts,
    latest.status,
    latest.reason,
    latest.worker,
    latest.error,
    tasks.worker_deaths,
    success.rows_read,
    success.rows_written,
    success.metrics,
    success.waits_for,
    newer_success.task_name as newer_upstream,
    (success.attempt is not null) as has_success,
    (newer_success.task_name is not null) as is_stale,
    tasks.first_started_at,
    latest.started_at,
    latest.finished_at,
    latest.heartbeat_at,
    latest.cancel_requested_at,
    success.finished_at as succeeded_at,
    (success.finished_at - success.started_at) as success_duration,
    newer_success.finished_at as newer_upstream_at
from tasks
inner join ops.run_log as latest
    on
        tasks.dag_id = latest.dag_id
        and tasks.task_id = latest.task_id
        and tasks.logical_date = latest.logical_date
        and tasks.attempt = latest.attempt
left join ops.run_log as success
    on
        tasks.dag_id = success.dag_id
        and tasks.task_id = success.task_id
        and tasks.logical_date = success.logical_date
        and tasks.success_attempt = success.attempt
        and tasks.success_attempt > coalesce(tasks.mark_attempt, 0)
left join lateral (
    select
        upstream.dag_id || '.' || upstream.task_id as task_name,
        upstream.finished_at
    from ops.run_log as upstream
    where
        upstream.logical_date = success.logical_date
        and upstream.status = 'success'
        and upstream.reason is distinct from 'marked'
        and upstream.waits_for is not null
        and upstream.finished_at > success.started_at
        and (
            success.waits_for ? upstream.dag_id
            or success.waits_for ? (upstream.dag_id || '.' || upstream.task_id)
        )
    order by upstream.finished_at desc, upstream.task_id asc
    limit 1
) as newer_success on true;

comment on view ops.task_state is
'One row per task and date that was ever tried: how it stands. What people see is status, that of the latest attempt; what lets go the tasks that wait for it is has_success. A success is stale, and the task due again, when something that it waited for (waits_for, noted with each attempt, since only the DAGs know) has succeeded for the date again, and ended after this success had begun. Marks make nothing stale, and of successes only those count that were written since this is so: those with waits_for';
comment on column ops.task_state.status is 'Of the latest attempt, like run_id, attempt, reason, worker, error, started_at, finished_at, heartbeat_at and cancel_requested_at';
comment on column ops.task_state.attempts is 'Number of attempts that the run log still has';
comment on column ops.task_state.worker_deaths is 'Number of attempts whose worker died';
comment on column ops.task_state.has_success is 'Whether it has a success after which nobody has marked it as failed; rows_read, rows_written, metrics, waits_for, succeeded_at and success_duration are those of the latest such one';
comment on column ops.task_state.newer_upstream is 'The task whose later success makes this one stale, as "dag.task", the last when there are several; null when it is not stale';
comment on column ops.task_state.newer_upstream_at is 'When that success ended';

create view ops.dag_state as
with dag_states as (
    select
        task_state.dag_id,
        task_state.logical_date,
        case
            when bool_or(task_state.status in ('waiting', 'running')) then 'active'
            when bool_and(task_state.status = 'success') then 'success'
            when bool_or(task_state.status = 'failed') then 'failed'
            else 'upstream_failed'
        end as state,
        (
            array_agg(
                coalesce(task_state.reason, 'error')
                order by task_state.finished_at desc, task_state.task_id asc
            ) filter (where task_state.status = 'failed')
        )[1] as reason,
        max(task_state.worker_deaths) filter (
            where task_state.status <> 'success'
        ) as worker_deaths,
        bool_and(task_state.has_success) as has_success,
        bool_or(task_state.is_stale) as is_stale,
        max(task_state.succeeded_at) as succeeded_at,
        max(task_state.finished_at) filter (
            where task_state.status <> 'success'
        ) as failed_at,
        sum(task_state.success_duration) as success_duration
    from ops.task_state
    group by task_state.dag_id, task_state.logical_date
)

select
    dag_states.dag_id,
    dag_states.state,
    case when dag_states.state = 'failed' then dag_states.reason end as reason,
    coalesce(dag_states.worker_deaths, 0) as worker_deaths,
    dag_states.has_success,
    dag_states.is_stale,
    dag_states.logical_date,
    case dag_states.state
        when 'success' then dag_states.succeeded_at
        when 'active' then null
        else dag_states.failed_at
    end as finished_at,
    case when dag_states.has_success then dag_states.succeeded_at end as succeeded_at,
    case when dag_states.has_success then dag_states.success_duration end as success_duration
from dag_states;

comment on view ops.dag_state is 'One row per DAG and date that was ever tried, from ops.task_state alone: active (claimed), success (the latest attempt of each task is one), failed (that of a task of its own failed), upstream_failed (only tasks before it did)';
comment on column ops.dag_state.reason is 'Why its task failed, as in ops.run_log; null unless failed';
comment on column ops.dag_state.worker_deaths is 'How often a worker died over one of its unfinished tasks';
comment on column ops.dag_state.has_success is 'Whether each task has a success that counts: then its data stand, though a further run may have failed since';
comment on column ops.dag_state.is_stale is 'Whether the success of one of its tasks is stale';
comment on column ops.dag_state.finished_at is 'When it came to that; null while active';
comment on column ops.dag_state.succeeded_at is 'When the last of its tasks succeeded; null unless has_success';
comment on column ops.dag_state.success_duration is 'Working time of its tasks in those successes; they run one after the other';
