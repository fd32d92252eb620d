-- What:  what is on the books for each later day, and how that grew
-- Grain: one row per later day of the state that is asked for
-- Reads: dm.booking_pace, dm.build; $1 as_of or null: the end of the last finished day, $2 first
--        and $3 last day
with pace as (
    select booking_pace.*
    from dm.build
    -- Not the newest state that has rows: where nothing is on the books, none of an earlier day is.
    inner join dm.booking_pace on build.last_finished_day = booking_pace.as_of
    where $1::date is null and booking_pace.stay_date between $2::date and $3::date
    union all
    select state.*
    from dm.booking_pace_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
)

select
    pace.as_of::text as as_of,
    pace.stay_date::text as stay_date,
    pace.booked_days,
    pace.revenue::text as revenue,
    pace.pickup_1_days,
    pace.pickup_1_revenue::text as pickup_1_revenue,
    pace.pickup_7_days,
    pace.pickup_7_revenue::text as pickup_7_revenue,
    pace.pickup_28_days,
    pace.pickup_28_revenue::text as pickup_28_revenue,
    pace.last_year_days,
    pace.last_year_revenue::text as last_year_revenue
from pace
order by pace.stay_date
