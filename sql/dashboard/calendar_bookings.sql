-- What:  the bookings of the calendar: of some cars, and those without a car by the model asked for
-- Grain: one row per booking
-- Reads: dds.fact_rentals, dds.dim_car, dds.dim_client, dm.build, history (through
--        dm.calendar_rentals_as_of, dm.lead_models); $1 as_of or null, $2 first and $3 last day,
--        $4 the present moment, $5 ids of cars as a JSON array, 0 for none, $6 model of those
--        without a car, or null
with given as (
    select
        build.business_tz,
        make_interval(mins => build.grace_minutes) as grace,
        coalesce(dm.end_of_day($1::date), $4::timestamptz) as moment,
        coalesce($1::date, ($4::timestamptz at time zone build.business_tz)::date) as today,
        $2::date::timestamp at time zone build.business_tz as from_moment,
        ($3::date + 1)::timestamp at time zone build.business_tz as end_moment
    from dm.build
),

cars as (
    select jsonb_array_elements_text($5::text::jsonb)::bigint as car_id
),

-- What ends in the period, car by car; what goes on after it; and whatever is out: so the cost
-- follows the period and the cars.
present_rentals as (
    select ending.*
    from given
    cross join cars
    cross join lateral (
        select rentals.*
        from dds.fact_rentals as rentals
        where
            rentals.car_id = cars.car_id
            and rentals.rental_end >= given.from_moment
            and rentals.rental_end < given.end_moment
            and rentals.is_booking
        offset 0
    ) as ending
    where $1::date is null
    union all
    select lasting.*
    from given
    cross join dds.bookings_within(
        given.end_moment - interval '1 second', given.end_moment
    ) as lasting
    where $1::date is null and lasting.rental_end >= given.end_moment
    union all
    select rentals.*
    from given
    cross join dds.fact_rentals as rentals
    where
        $1::date is null
        and rentals.stage = 'on_rent'
        and (
            rentals.rental_end >= given.from_moment
            and least(rentals.rental_start, rentals.rental_end) < given.end_moment
        ) is not true
),

rentals as (
    select
        present_rentals.lead_id,
        present_rentals.car_id,
        present_rentals.client_id,
        present_rentals.stage,
        present_rentals.rental_start,
        present_rentals.rental_end
    from present_rentals
    union all
    select state.*
    from dm.calendar_rentals_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
),

days as materialized (
    select
        rentals.*,
        (rentals.rental_start at time zone given.business_tz)::date as start_day,
        (rentals.rental_end at time zone given.business_tz)::date as end_day
    from given
    cross join rentals
    inner join cars on rentals.car_id = cars.car_id
),

-- The days that a booking covers are those of dds.first_booked_day() and dds.last_booked_day().
planned as (
    select
        days.*,
        given.today,
        case when days.rental_end >= days.rental_start then days.start_day end as first_day,
        case
            when days.rental_end >= days.rental_start
                then greatest(days.start_day, days.end_day - 1)
        end as last_day,
        coalesce(
            days.stage = 'on_rent'
            and dds.rental_is_over_at(days.rental_end, given.business_tz) + given.grace
            < given.moment,
            false
        ) as is_overdue,
        days.stage = 'on_rent' and days.rental_end is null as has_no_end
    from given
    cross join days
),

bookings as (
    select
        planned.*,
        -- Out, though its dates say nothing: from the day that is known.
        case
            when planned.first_day is not null then planned.first_day
            when planned.is_overdue then planned.end_day
            when planned.has_no_end then coalesce(planned.start_day, planned.today)
        end as shown_first,
        case
            when planned.first_day is not null then planned.last_day
            when planned.is_overdue then planned.end_day
            when planned.has_no_end then coalesce(planned.start_day, planned.today)
        end as shown_last
    from planned
),

shown as (
    select
        bookings.*,
        max(bookings.last_day) over (in_order rows between unbounded preceding and 1 preceding)
            as last_before,
        min(bookings.first_day) filter (where bookings.last_day >= $2::date) over (
            in_order rows between 1 following and unbounded following
        ) as first_after
    from bookings
    where
        bookings.shown_first <= $3::date
        and case
            -- Such a one lasts to today and may last into tomorrow.
            when bookings.is_overdue or bookings.has_no_end
                then greatest(bookings.shown_last, bookings.today + 1)
            else bookings.shown_last
        end >= $2::date
    window in_order as (
        partition by bookings.car_id
        order by bookings.first_day, bookings.lead_id
    )
)

select
    shown.lead_id::text as lead_id,
    nullif(shown.car_id, 0)::text as car_id,
    dim_car.plate,
    case when shown.car_id = 0 then models.model else coalesce(dim_car.model, '(none)') end
        as model,
    dim_client.client_name,
    shown.stage,
    shown.shown_first::text as first_day,
    shown.shown_last::text as last_day,
    to_char(shown.rental_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as rental_start,
    to_char(shown.rental_end at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as rental_end,
    shown.is_overdue,
    shown.has_no_end,
    -- By days, as in dds.fact_fleet_usage_day: another one covers a day of it in the period.
    shown.car_id <> 0
    and shown.first_day is not null
    and (
        coalesce(shown.last_before >= greatest(shown.first_day, $2::date), false)
        or coalesce(shown.first_after <= least(shown.last_day, $3::date), false)
    ) as is_double_booked
from shown
left join dds.dim_car on shown.car_id = dim_car.car_id and shown.car_id <> 0
left join dds.dim_client on shown.client_id = dim_client.client_id and shown.client_id <> 0
left join dm.lead_models(
    (select array_agg(others.lead_id) from shown as others where others.car_id = 0),
    (select given.moment from given)
) as models
    on shown.car_id = 0 and shown.lead_id = models.lead_id
where shown.car_id <> 0 or $6::text is null or models.model = $6::text
order by shown.car_id, shown.shown_first, shown.lead_id
