-- What:  keeps what the checks of a task found; a repeat within the run takes its place
-- Grain: one row per run, check and table
-- Reads: rental.check_results (the text of a JSON array), rental.run_id, rental.task_id

with kept as (
    insert into ops.check_result (
        run_id, task_id, check_name, table_name, severity, offenders, sample
    )
    select
        current_setting('rental.run_id')::uuid as run_id,
        current_setting('rental.task_id') as task_id,
        results.check_name,
        results.table_name,
        results.severity,
        results.offenders,
        results.sample
    from jsonb_to_recordset(current_setting('rental.check_results')::jsonb) as results (
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
        checked_at = clock_timestamp()
    returning check_result.check_name
)

select count(*) as results_kept
from kept;
