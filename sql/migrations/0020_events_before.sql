-- What:  dates that had succeeded before the events of leads were read stay succeeded
--
-- The merge of leads waits for load_events now, which has no row for them. A mark counts as a
-- success and makes nothing stale.

insert into ops.watermark (name)
values ('amocrm.events_full')
on conflict do nothing;

insert into ops.run_log (
    run_id, dag_id, task_id, logical_date, attempt, status, worker, reason,
    started_at, finished_at, heartbeat_at
)
select
    gen_random_uuid() as run_id,
    'daily_amocrm_load_events' as dag_id,
    tasks.task_id,
    task_state.logical_date,
    1 as attempt,
    'success' as status,
    'upgrade' as worker,
    'marked' as reason,
    task_state.succeeded_at as started_at,
    task_state.succeeded_at as finished_at,
    task_state.succeeded_at as heartbeat_at
from ops.task_state
cross join (values ('extract_events'), ('load_events')) as tasks (task_id)
where
    task_state.dag_id = 'daily_load_ods_leads'
    and task_state.task_id = 'merge_ods_leads'
    and task_state.has_success
on conflict do nothing;
