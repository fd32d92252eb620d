-- What:  error: days that the calendar leaves out
-- Grain: one row per gap, named after the last day before it, or per end that is too near
-- Reads: dds.dim_date, every fact (the first and the last day; of the rentals that dated_leads
--        names), ops.run_log, rental.rows_read (of the merge in hand; empty: by hand)
-- Scope: everything
-- After: merge_dim_date: dds.dim_date
--
-- Why: an inner join to the calendar drops what falls on such a day. Reads the whole
-- calendar (366 rows a year), and the days of the facts as the merge does.

with days as (
    select
        dim_date.date_day,
        lead(dim_date.date_day) over (order by dim_date.date_day) as next_day
    from dds.dim_date
),

calendar as (
    select
        min(dim_date.date_day) as first_day,
        max(dim_date.date_day) as last_day
    from dds.dim_date
),

facts as (
    select span.*
    from dds.span_of_facts(
        current_setting('rental.business_tz'),
        current_setting('rental.logical_date')::date,
        current_setting('rental.max_horizon_days')::integer,
        array(select dated_leads.id from dated_leads)
    ) as span
    where
        current_setting('rental.rows_read') <> ''
        -- By hand this may run between the merges of the facts and that of the calendar.
        or not exists (
            select
            from ops.run_log
            where
                run_log.dag_id = 'daily_build_dds_fact'
                and run_log.task_id <> 'merge_dim_date'
                and run_log.status = 'success'
                and run_log.finished_at > (
                    select coalesce(max(built.finished_at), '-infinity')
                    from ops.run_log as built
                    where
                        built.dag_id = 'daily_build_dds_fact'
                        and built.task_id = 'merge_dim_date'
                        and built.status = 'success'
                )
        )
)

select
    days.date_day as id,
    'the next day is ' || days.next_day as detail
from days
where days.next_day > days.date_day + 1
union all
select
    facts.first_day as id,
    'a fact refers to it, the calendar begins at '
    || coalesce(calendar.first_day::text, 'no day') as detail
from facts
cross join calendar
where facts.first_day < coalesce(calendar.first_day, 'infinity')
union all
select
    facts.last_day as id,
    'a fact refers to it, the calendar ends at '
    || coalesce(calendar.last_day::text, 'no day') as detail
from facts
cross join calendar
where facts.last_day > coalesce(calendar.last_day, '-infinity');
