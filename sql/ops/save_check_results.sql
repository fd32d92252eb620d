-- What:  keeps what the checks of a task found; a repeat within the run takes its place
-- Grain: one row per run, check and table
-- Reads: $1 the text of a JSON array of results, $2 run id, $3 task id

insert into ops.check_result (
    run_id, task_id, check_name, table_name, severity, offenders, sample
)
select
    $2::uuid as run_id,
    $3 as task_id,
    results.check_name,
    results.table_name,
    results.severity,
    results.offenders,
    results.sample
from jsonb_to_recordset($1::text::jsonb) as results (
    check_name text,
    table_name text,
    severity text,
    offenders bigint,
    sample jsonb
)
on conflict (run_id, check_name, table_name) do update
set
    task_id = excluded.task_id,
    severity = excluded.severity,
    offenders = excluded.offenders,
    sample = excluded.sample,
    checked_at = clock_timestamp();
