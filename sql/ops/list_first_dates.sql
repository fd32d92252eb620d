-- What:  since when each DAG has been run
-- Grain: one row per DAG that was ever tried
-- Reads: ops.run_log
select
    run_log.dag_id,
    min(run_log.logical_date) as first_date
from ops.run_log
group by run_log.dag_id;
