-- What:  results of checks by table, with the task that they let pass or held up

-- Nothing has written this table before, so there is no row without a task.
alter table ops.check_result
add column task_id text not null,
drop constraint check_result_pkey,
add constraint check_result_pkey primary key (run_id, check_name, table_name);

create index check_result_by_check on ops.check_result (check_name, checked_at);

comment on table ops.check_result is 'One row per run, check and table it looked at, passed and failed ones alike; offenders = 0 means that it passed';
comment on column ops.check_result.task_id is 'The task whose rows were checked, in the transaction that wrote them';
comment on column ops.check_result.sample is 'At most five offenders: their id and what is wrong, never personal data';
