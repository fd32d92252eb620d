-- What:  finds what stood on the books for later days, day by day
-- Grain: stays: a later day and the days as of which it is computed; states: a later day and
--        as_of, of this year and 364 days before
-- Reads: mart_reading and touched_stays (of the files before), dds.booked_step
--
-- Only later days that were touched, and all of them for the days that are finished now.

create temporary table stays on commit drop as
select
    calendar.day::date as stay_date,
    greatest(
        span.first_as_of,
        case
            when
                mart_reading.is_everything
                or touched_stays.stay_date is not null
                -- It was beyond the horizon.
                or calendar.day::date > mart_reading.horizon_before
                then span.first_as_of
            else mart_reading.last_day_before + 1
        end
    ) as first_as_of,
    least(mart_reading.last_day, calendar.day::date - 1) as last_as_of
from mart_reading
cross join lateral (
    select
        greatest(
            mart_reading.last_day - 59, mart_reading.first_load_day
        ) as first_as_of
) as span
cross join lateral generate_series(
    (span.first_as_of + 1)::timestamp, mart_reading.horizon_to::timestamp,
    interval '1 day'
) as calendar (day)
left join touched_stays on calendar.day::date = touched_stays.stay_date;

delete from stays
where stays.first_as_of > stays.last_as_of;

analyze stays;

-- What stood then: of each day from 28 days before the first one asked, and as much a year
-- before (364 days: the same weekday). Where neither ever had a step, nothing ever stood on the
-- books, and desired.sql would pass over every one of its states: most days of the horizon are
-- such.
create temporary table states on commit drop as
with booked_stays as materialized (
    select stays.*
    from stays
    where
        exists (
            select
            from dds.booked_step
            where booked_step.stay_date = stays.stay_date
        )
        or exists (
            select
            from dds.booked_step
            where booked_step.stay_date = stays.stay_date - 364
        )
),

points as (
    select
        booked_stays.stay_date,
        calendar.day::date as as_of,
        0 as days_back,
        calendar.day::date = booked_stays.first_as_of - 28 as is_first
    from booked_stays
    cross join lateral generate_series(
        (booked_stays.first_as_of - 28)::timestamp,
        booked_stays.last_as_of::timestamp,
        interval '1 day'
    ) as calendar (day)
    union all
    select
        booked_stays.stay_date,
        calendar.day::date as as_of,
        364 as days_back,
        calendar.day::date = booked_stays.first_as_of as is_first
    from booked_stays
    cross join mart_reading
    cross join lateral generate_series(
        booked_stays.first_as_of::timestamp,
        booked_stays.last_as_of::timestamp,
        interval '1 day'
    ) as calendar (day)
    where booked_stays.last_as_of - 364 >= mart_reading.first_load_day
),

moves as (
    select
        points.*,
        booked_step.booked_days as moved_days,
        booked_step.revenue as moved_revenue
    from points
    left join dds.booked_step
        on
            booked_step.stay_date = points.stay_date - points.days_back
            and booked_step.as_of = points.as_of - points.days_back
    where not points.is_first
    union all
    select
        points.*,
        sum(booked_step.booked_days) as moved_days,
        sum(booked_step.revenue) as moved_revenue
    from points
    left join dds.booked_step
        on
            booked_step.stay_date = points.stay_date - points.days_back
            and booked_step.as_of <= points.as_of - points.days_back
    where points.is_first
    group by points.stay_date, points.as_of, points.days_back, points.is_first
)

select
    moves.stay_date,
    moves.as_of,
    moves.days_back,
    coalesce(sum(moves.moved_days) over history, 0)::integer as booked_days,
    trim_scale(coalesce(sum(moves.moved_revenue) over history, 0)) as revenue
from moves
window history as (
    partition by moves.stay_date, moves.days_back
    order by moves.as_of
);

analyze states;

select count(*) as states_computed
from states;
