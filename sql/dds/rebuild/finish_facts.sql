-- What:  gives the calendar back the days that no fact refers to any more, and lets the marts be
--        built anew
-- Grain: dds.dim_date: a day; ops.watermark: the readers of dm
-- Reads: kept_dim_date (of keep_rows.sql)
--
-- A mart takes in by how much facts have changed. What these were altered by is in none.

insert into dds.dim_date
select kept_dim_date.*
from kept_dim_date
on conflict (date_day) do nothing;

update ops.watermark
set
    position = 0,
    settings = null,
    changed_at = clock_timestamp()
where watermark.name like 'dm.%';

select count(*) as days
from dds.dim_date;
