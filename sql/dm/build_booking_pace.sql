-- What:  writes what was on the books for later days at the end of each of the last 60 days
-- Grain: one row per as_of and later day with something on it, or before
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
-- before (364 days: the same weekday).
create temporary table states on commit drop as
with points as (
    select
        stays.stay_date,
        calendar.day::date as as_of,
        0 as days_back,
        calendar.day::date = stays.first_as_of - 28 as is_first
    from stays
    cross join lateral generate_series(
        (stays.first_as_of - 28)::timestamp, stays.last_as_of::timestamp,
        interval '1 day'
    ) as calendar (day)
    union all
    select
        stays.stay_date,
        calendar.day::date as as_of,
        364 as days_back,
        calendar.day::date = stays.first_as_of as is_first
    from stays
    cross join mart_reading
    cross join lateral generate_series(
        stays.first_as_of::timestamp, stays.last_as_of::timestamp, interval '1 day'
    ) as calendar (day)
    where stays.last_as_of - 364 >= mart_reading.first_load_day
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

create temporary table desired_rows (
    like dm.booking_pace
) on commit drop;

with compared as (
    select
        states.stay_date,
        states.as_of,
        states.booked_days,
        states.revenue,
        lag(states.booked_days, 1) over history as days_1,
        lag(states.revenue, 1) over history as revenue_1,
        lag(states.booked_days, 7) over history as days_7,
        lag(states.revenue, 7) over history as revenue_7,
        lag(states.booked_days, 28) over history as days_28,
        lag(states.revenue, 28) over history as revenue_28
    from states
    where states.days_back = 0
    window history as (
        partition by states.stay_date
        order by states.as_of
    )
),

-- What was before the first load is not known.
known as (
    select
        compared.stay_date,
        compared.as_of,
        compared.booked_days,
        compared.revenue,
        case when age.days >= 1 then compared.days_1 end as days_1,
        case when age.days >= 1 then compared.revenue_1 end as revenue_1,
        case when age.days >= 7 then compared.days_7 end as days_7,
        case when age.days >= 7 then compared.revenue_7 end as revenue_7,
        case when age.days >= 28 then compared.days_28 end as days_28,
        case when age.days >= 28 then compared.revenue_28 end as revenue_28,
        case when age.days >= 364 then last_year.booked_days end as last_year_days,
        case when age.days >= 364 then last_year.revenue end as last_year_revenue
    from compared
    inner join stays
        on
            compared.stay_date = stays.stay_date
            and compared.as_of >= stays.first_as_of
    cross join mart_reading
    cross join lateral (
        select compared.as_of - mart_reading.first_load_day as days
    ) as age
    left join states as last_year
        on
            compared.stay_date = last_year.stay_date
            and compared.as_of = last_year.as_of
            and last_year.days_back = 364
)

insert into desired_rows (
    as_of, stay_date, booked_days, revenue, pickup_1_days, pickup_1_revenue,
    pickup_7_days, pickup_7_revenue, pickup_28_days, pickup_28_revenue,
    last_year_days, last_year_revenue
)
select
    known.as_of,
    known.stay_date,
    known.booked_days,
    known.revenue,
    known.booked_days - known.days_1 as pickup_1_days,
    trim_scale(known.revenue - known.revenue_1) as pickup_1_revenue,
    known.booked_days - known.days_7 as pickup_7_days,
    trim_scale(known.revenue - known.revenue_7) as pickup_7_revenue,
    known.booked_days - known.days_28 as pickup_28_days,
    trim_scale(known.revenue - known.revenue_28) as pickup_28_revenue,
    known.last_year_days,
    known.last_year_revenue
from known
where
    greatest(
        known.booked_days, known.days_1, known.days_7, known.days_28,
        known.last_year_days
    ) > 0;

create index on desired_rows (as_of, stay_date);
analyze desired_rows;

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
