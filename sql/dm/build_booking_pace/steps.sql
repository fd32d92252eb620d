-- What:  brings the steps of what is on the books up to the versions that changed
-- Grain: dds.booked_step: a later day and as_of; touched_stays: a later day
-- Reads: mart_reading (of reading.sql), version_changes (of versions.sql)

create temporary table step_changes on commit drop as
select
    calendar.day::date as stay_date,
    edges.as_of,
    sum(edges.sign)::integer as booked_days,
    sum(
        edges.sign * dds.share_of_day(
            version_changes.amount, version_changes.first_day,
            version_changes.last_day, calendar.day::date
        )
    ) as revenue
from version_changes
cross join mart_reading
cross join lateral (
    values
    (version_changes.first_as_of, version_changes.sign),
    (version_changes.gone_as_of, -version_changes.sign)
) as edges (as_of, sign)
cross join lateral generate_series(
    greatest(version_changes.first_day, mart_reading.first_load_day + 1)::timestamp,
    least(version_changes.last_day, version_changes.horizon_to)::timestamp,
    interval '1 day'
) as calendar (day)
where edges.as_of is not null
group by calendar.day, edges.as_of
having sum(edges.sign) <> 0
or sum(
    edges.sign * dds.share_of_day(
        version_changes.amount, version_changes.first_day,
        version_changes.last_day, calendar.day::date
    )
) <> 0;

analyze step_changes;

insert into dds.booked_step (stay_date, as_of, booked_days, revenue)
select
    step_changes.stay_date,
    step_changes.as_of,
    step_changes.booked_days,
    step_changes.revenue
from step_changes
on conflict (stay_date, as_of) do update
set
    booked_days = booked_step.booked_days + excluded.booked_days,
    revenue = booked_step.revenue + excluded.revenue;

delete from dds.booked_step
using step_changes
where
    booked_step.stay_date = step_changes.stay_date
    and booked_step.as_of = step_changes.as_of
    and booked_step.booked_days = 0
    and booked_step.revenue = 0;

-- A step shows on its day and on the same weekday a year later.
create temporary table touched_stays on commit drop as
select step_changes.stay_date
from step_changes
union
select step_changes.stay_date + 364
from step_changes;

analyze touched_stays;

select count(*) as stay_dates_touched
from touched_stays;
