-- What:  what the marts were last built for, and with which settings
-- Grain: one row; none before the first build
-- Reads: dm.build
select
    build.logical_date::text as logical_date,
    build.last_finished_day::text as last_finished_day,
    build.first_load_day::text as first_load_day,
    build.max_horizon_days,
    build.grace_minutes,
    build.cohort_maturity_days
from dm.build
