-- What:  writes what was on the books for later days at the end of each of the last 60 days
-- Grain: one row per as_of and later day with something on it, or before
-- Reads: mart_reading, stays and desired_rows (of the files before)

-- Of the rows that were computed, those that are older than 60 days, and those beyond the horizon.
create temporary table row_changes on commit drop as
with present as (
    select booking_pace.*
    from dm.booking_pace
    left join stays on booking_pace.stay_date = stays.stay_date
    cross join mart_reading
    where
        mart_reading.is_everything
        or booking_pace.as_of >= stays.first_as_of
        or booking_pace.as_of < mart_reading.last_day - 59
        or booking_pace.stay_date > mart_reading.horizon_to
)

select
    present.as_of as as_of_before,
    present.stay_date as stay_date_before,
    desired_rows.as_of,
    desired_rows.stay_date
from present
full join desired_rows
    on
        present.as_of = desired_rows.as_of
        and present.stay_date = desired_rows.stay_date
where row(present.*) is distinct from row(desired_rows.*);

delete from dm.booking_pace
using row_changes
where
    booking_pace.as_of = row_changes.as_of_before
    and booking_pace.stay_date = row_changes.stay_date_before;

insert into dm.booking_pace
select desired_rows.*
from desired_rows
inner join row_changes
    on
        desired_rows.as_of = row_changes.as_of
        and desired_rows.stay_date = row_changes.stay_date;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, mart_reading.last_day,
    mart_reading.settings
)
from mart_reading;

select ops.finish_reading(
    'dm.booking_pace/horizon', 0, mart_reading.horizon_to, null
)
from mart_reading;

select
    count(*) filter (where row_changes.as_of is not null) as rows_written,
    count(*) filter (where row_changes.as_of is null) as rows_deleted
from row_changes;
