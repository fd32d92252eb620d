-- What:  removes the runs for dates after $1, and takes the last day of the fleet back to $1
-- Grain: one row, with their numbers
-- Reads: ops.run_log, ops.check_result, ops.incident, ops.watermark
-- Their check results and incidents go with them.
with runs as (
    delete from ops.run_log
    where run_log.logical_date > $1::date
    returning run_log.run_id
),

results as (
    delete from ops.check_result
    where check_result.run_id in (select runs.run_id from runs)
    returning 1
),

incidents as (
    delete from ops.incident
    where incident.logical_date > $1::date
    returning 1
),

fleet as (
    update ops.watermark
    set
        cursor_day = $1::date,
        changed_at = clock_timestamp()
    where
        watermark.name = 'dds.fact_fleet_usage_day'
        and watermark.cursor_day > $1::date
    returning 1
)

select
    (select count(*) from runs) as attempts,
    (select count(*) from results) as check_results,
    (select count(*) from incidents) as incidents,
    (select count(*) from fleet) as cursors;
