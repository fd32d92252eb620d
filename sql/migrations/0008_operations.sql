-- What:  what operating the pipeline needs: why a run ended, requests to cancel, its last lines, incidents

alter table ops.run_log
add column reason text,
add column cancel_requested_at timestamptz,
add column log_tail text,
add constraint run_log_reason_known check (
    reason in (
        'error', 'budget', 'worker_died', 'stopped', 'cancelled', 'wait_timeout', 'upstream', 'marked'
    )
);

comment on column ops.run_log.reason is
'Why the attempt ended as it did: error (the task failed), budget (it took too long), worker_died (freed from a dead worker), stopped (the process was asked to end), cancelled (a person stopped it), wait_timeout (its upstream never came), upstream (its upstream failed), marked (a person said so); null for an ordinary success';
comment on column ops.run_log.cancel_requested_at is 'When a person asked the worker to stop this attempt';
comment on column ops.run_log.log_tail is 'The last lines of the log of an attempt that failed, at most 200';

create table ops.incident (
    incident_id bigint generated always as identity,
    dag_id text not null,
    logical_date date not null,
    opened_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    failure_told_at timestamptz,
    recovery_told_at timestamptz,
    constraint incident_pkey primary key (incident_id),
    constraint incident_closed_after_opened check (closed_at >= opened_at)
);

create unique index incident_one_open
on ops.incident (dag_id)
where closed_at is null;

comment on table ops.incident is 'One row per time that a DAG failed for good until it was well again: what people are told of, once each';
comment on column ops.incident.logical_date is 'Date of the run that opened it';
comment on column ops.incident.failure_told_at is 'When the message of the failure was accepted by the webhook; null: not yet, or nobody is to be told';
