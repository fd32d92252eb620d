-- What:  the bookings of the calendar: of some cars, and those without a car by the model asked for
-- Grain: one row per booking
-- Reads: dds.fact_rentals and history (through dm.calendar_rentals, dm.lead_models), dds.dim_car,
--        dds.dim_client, dm.build; $1 as_of or null, $2 first and $3 last day, $4 the present
--        moment, $5 ids of cars as a JSON array, 0 for none, $6 model of those without a car, or
--        null, $7 how many of those, or null for all
with given as (
    select
        build.business_tz,
        make_interval(mins => build.grace_minutes) as grace,
        coalesce(dm.end_of_day($1::date), $4::timestamptz) as moment,
        coalesce($1::date, ($4::timestamptz at time zone build.business_tz)::date) as today
    from dm.build
),

days as materialized (
    select
        rentals.*,
        (rentals.rental_start at time zone given.business_tz)::date as start_day,
        (rentals.rental_end at time zone given.business_tz)::date as end_day
    from given
    cross join dm.calendar_rentals(
        $1::date, $2::date, $3::date,
        (
            select array_agg(asked.car_id::bigint)
            from jsonb_array_elements_text($5::text::jsonb) as asked (car_id)
        )
    ) as rentals
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

shown as materialized (
    select bookings.*
    from bookings
    where
        bookings.shown_first <= $3::date
        and case
            -- Such a one lasts to today and may last into tomorrow.
            when bookings.is_overdue or bookings.has_no_end
                then greatest(bookings.shown_last, bookings.today + 1)
            else bookings.shown_last
        end >= $2::date
),

of_cars as (
    select
        shown.*,
        max(shown.last_day) over (in_order rows between unbounded preceding and 1 preceding)
            as last_before,
        min(shown.first_day) filter (where shown.last_day >= $2::date) over (
            in_order rows between 1 following and unbounded following
        ) as first_after
    from shown
    where shown.car_id <> 0
    window in_order as (
        partition by shown.car_id
        order by shown.first_day, shown.lead_id
    )
),

without_car as (
    select
        shown.*,
        count(*) over () as found,
        row_number() over (order by shown.shown_first, shown.lead_id) as place
    from shown
    where
        shown.car_id = 0
        and (
            $6::text is null
            or shown.lead_id in (
                select models.lead_id
                from dm.lead_models(
                    (select array_agg(others.lead_id) from shown as others where others.car_id = 0),
                    (select given.moment from given)
                ) as models
                where models.model = $6::text
            )
        )
),

listed as (
    select
        of_cars.lead_id,
        of_cars.car_id,
        of_cars.client_id,
        of_cars.stage,
        of_cars.rental_start,
        of_cars.rental_end,
        of_cars.shown_first,
        of_cars.shown_last,
        of_cars.is_overdue,
        of_cars.has_no_end,
        -- By days, as in dds.fact_fleet_usage_day: another one covers a day of it in the period.
        of_cars.first_day is not null
        and (
            coalesce(of_cars.last_before >= greatest(of_cars.first_day, $2::date), false)
            or coalesce(of_cars.first_after <= least(of_cars.last_day, $3::date), false)
        ) as is_double_booked,
        null::bigint as found
    from of_cars
    union all
    select
        without_car.lead_id,
        without_car.car_id,
        without_car.client_id,
        without_car.stage,
        without_car.rental_start,
        without_car.rental_end,
        without_car.shown_first,
        without_car.shown_last,
        without_car.is_overdue,
        without_car.has_no_end,
        false as is_double_booked,
        without_car.found
    from without_car
    where $7::integer is null or without_car.place <= $7::integer
)

select
    listed.lead_id::text as lead_id,
    nullif(listed.car_id, 0)::text as car_id,
    dim_car.plate,
    case when listed.car_id = 0 then models.model else coalesce(dim_car.model, '(none)') end
        as model,
    dim_client.client_name,
    listed.stage,
    listed.shown_first::text as first_day,
    listed.shown_last::text as last_day,
    to_char(listed.rental_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as rental_start,
    to_char(listed.rental_end at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as rental_end,
    listed.is_overdue,
    listed.has_no_end,
    listed.is_double_booked,
    listed.found::integer as found
from listed
left join dds.dim_car on listed.car_id = dim_car.car_id and listed.car_id <> 0
left join dds.dim_client on listed.client_id = dim_client.client_id and listed.client_id <> 0
left join dm.lead_models(
    (select array_agg(others.lead_id) from listed as others where others.car_id = 0),
    (select given.moment from given)
) as models
    on listed.car_id = 0 and listed.lead_id = models.lead_id
order by listed.car_id, listed.shown_first, listed.lead_id
