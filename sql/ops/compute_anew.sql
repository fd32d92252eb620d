-- What:  lets the next run compute tables anew: from the first landed row, and due although
--        its date has succeeded
-- Grain: one row
-- Reads: ops.run_log (which tasks have ever succeeded), $1 names of ops.watermark, $2 ids of
--        tasks (both as the text of a JSON array), $3 what asks for it

with reset as (
    update ops.watermark
    set
        position = 0,
        settings = null,
        changed_at = clock_timestamp()
    where
        split_part(watermark.name, '/', 1) in (
            select names.name
            from jsonb_array_elements_text($1::text::jsonb) as names (name)
        )
    returning 1
),

due as (
    insert into ops.rebuild (dag_id, task_id, reason)
    select distinct
        run_log.dag_id,
        run_log.task_id,
        $3::text as reason
    from ops.run_log
    where
        run_log.status = 'success'
        and run_log.task_id in (
            select tasks.task_id
            from jsonb_array_elements_text($2::text::jsonb) as tasks (task_id)
        )
    on conflict (dag_id, task_id) do update
    set reason = excluded.reason, due_since = excluded.due_since
    returning 1
)

select
    (select count(*) from reset) as watermarks,
    (select count(*) from due) as tasks;
