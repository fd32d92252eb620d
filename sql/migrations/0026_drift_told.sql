-- What:  changes of the account are told to people by themselves, once each

alter table ops.source_drift
    add column told_at timestamptz,
    add column telling_until timestamptz;

comment on column ops.source_drift.told_at is 'When the webhook accepted a message of it; null: nobody was told, or nothing waits';
comment on column ops.source_drift.telling_until is 'Until then one scheduler tells of it';

-- What was noticed before has been in the log since, and with its run in the alerts.
update ops.source_drift
set told_at = source_drift.noticed_at;
