-- What:  error: days that the calendar leaves out
-- Grain: one row per gap, named after the last day before it
-- Reads: dds.dim_date
-- After: merge_dim_date: dds.dim_date
--
-- Why: an inner join to the calendar drops what falls on such a day. Reads the whole
-- calendar: 366 rows a year.

with days as (
    select
        dim_date.date_day,
        lead(dim_date.date_day) over (order by dim_date.date_day) as next_day
    from dds.dim_date
)

select
    days.date_day as id,
    'the next day is ' || days.next_day as detail
from days
where days.next_day > days.date_day + 1;
