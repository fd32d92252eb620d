-- What:  how each DAG stands for its newest date, when it last succeeded and how long that took
-- Grain: one row per DAG that was ever tried
-- Reads: ops.dag_state, ops.run_log
-- Scalar subqueries, since a join would first compute the state of every date there ever was; this
-- way dates are looked at from the newest back until one fits.
-- The last success is that of the newest date: an old one, run again, makes no DAG look fresh.
-- The tasks of a DAG run one after the other, so its working time is the sum of theirs; from the
-- first start to the last end there may lie hours in which a failed task waited to be run again.
with dag_dates as materialized (
    select
        dags.dag_id,
        (
            select max(run_log.logical_date)
            from ops.run_log
            where run_log.dag_id = dags.dag_id
        ) as newest_date,
        (
            select run_log.logical_date
            from ops.run_log
            where
                run_log.dag_id = dags.dag_id
                and run_log.status = 'success'
                and (
                    select dag_state.state
                    from ops.dag_state
                    where
                        dag_state.dag_id = run_log.dag_id
                        and dag_state.logical_date = run_log.logical_date
                ) = 'success'
            order by run_log.logical_date desc
            limit 1
        ) as success_date
    from (select distinct run_log.dag_id from ops.run_log) as dags
)

select
    dag_dates.dag_id,
    (
        select dag_state.state
        from ops.dag_state
        where
            dag_state.dag_id = dag_dates.dag_id
            and dag_state.logical_date = dag_dates.newest_date
    ) as state,
    (
        select extract(epoch from dag_state.finished_at)::double precision
        from ops.dag_state
        where
            dag_state.dag_id = dag_dates.dag_id
            and dag_state.logical_date = dag_dates.success_date
    ) as last_success_s,
    (
        select extract(epoch from sum(last_tries.duration))::double precision
        from (
            select distinct on (run_log.task_id)
                run_log.finished_at - run_log.started_at as duration
            from ops.run_log
            where
                run_log.dag_id = dag_dates.dag_id
                and run_log.logical_date = dag_dates.success_date
                and run_log.status = 'success'
            order by run_log.task_id asc, run_log.attempt desc
        ) as last_tries
    ) as last_duration_s
from dag_dates
order by dag_dates.dag_id;
