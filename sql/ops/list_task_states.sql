-- What:  how each task stands for each date of a range
-- Grain: one row per task and date that it has been tried for
-- Reads: ops.task_state, $1 and $2 the first and the last date, $3 as JSON the DAGs that are
--        asked for; null for all of them
--
-- How long a worker has been silent is told by the clock of the database alone.
select
    task_state.logical_date,
    task_state.dag_id,
    task_state.task_id,
    task_state.run_id,
    task_state.attempt,
    task_state.attempts,
    task_state.status,
    task_state.reason,
    task_state.worker,
    task_state.error,
    task_state.worker_deaths,
    task_state.rows_read,
    task_state.rows_written,
    task_state.metrics,
    task_state.waits_for,
    task_state.newer_upstream,
    task_state.has_success,
    task_state.is_stale,
    extract(epoch from clock_timestamp() - task_state.heartbeat_at)::double precision as silent_s,
    task_state.first_started_at,
    task_state.started_at,
    task_state.finished_at,
    task_state.heartbeat_at,
    task_state.cancel_requested_at,
    task_state.succeeded_at,
    task_state.newer_upstream_at
from ops.task_state
where
    task_state.logical_date between $1::date and $2::date
    -- Whether a task is stale is found task by task, among all of its date.
    and ($3::jsonb is null or $3::jsonb ? task_state.dag_id)
order by task_state.logical_date, task_state.dag_id, task_state.task_id;
