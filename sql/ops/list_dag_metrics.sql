-- What:  how each DAG stands for its newest date, when it last succeeded and how long that took
-- Grain: one row per DAG that was ever tried
-- Reads: ops.dag_state, ops.run_log
-- Scalar subqueries, since a join would first compute the state of every date there ever was; this
-- way dates are looked at from the newest back until one fits.
-- The last success is that of the newest date: an old one, run again, makes no DAG look fresh. Its
-- data stand even when a further run of the date has failed since.
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
                    select dag_state.has_success
                    from ops.dag_state
                    where
                        dag_state.dag_id = run_log.dag_id
                        and dag_state.logical_date = run_log.logical_date
                )
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
    extract(epoch from last_success.succeeded_at)::double precision as last_success_s,
    extract(epoch from last_success.success_duration)::double precision as last_duration_s
from dag_dates
left join lateral (
    select
        dag_state.succeeded_at,
        dag_state.success_duration
    from ops.dag_state
    where
        dag_state.dag_id = dag_dates.dag_id
        and dag_state.logical_date = dag_dates.success_date
    limit 1
) as last_success on true
order by dag_dates.dag_id;
