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

-- By the length of rentals, as dm.rentals_as_of finds them: the cost follows the period. One search
-- of the index on spans per length: as a plain join it may become a reading of all rentals.
present_leads as (
    select found.lead_id
    from given
    cross join generate_series(0, 36) as classes (class)
    cross join lateral (
        select rentals.lead_id
        from dds.fact_rentals as rentals
        where
            rentals.is_booking
            and dds.span_class(
                least(rentals.rental_start, rentals.rental_end),
                greatest(rentals.rental_start, rentals.rental_end)
            ) = classes.class
            and least(rentals.rental_start, rentals.rental_end)
            >= dds.span_reach(given.from_moment, classes.class)
            and least(rentals.rental_start, rentals.rental_end) < given.end_moment
            and greatest(rentals.rental_start, rentals.rental_end) >= given.from_moment
        offset 0
    ) as found
    where $1::date is null
    union
    select rentals.lead_id
    from dds.fact_rentals as rentals
    where $1::date is null and rentals.stage = 'on_rent'
),

rentals as (
    select
        fact_rentals.lead_id,
        fact_rentals.car_id,
        fact_rentals.client_id,
        fact_rentals.stage,
        fact_rentals.rental_start,
        fact_rentals.rental_end
    from present_leads
    inner join dds.fact_rentals on present_leads.lead_id = fact_rentals.lead_id
    union all
    select state.*
    from dm.calendar_rentals_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null
),

planned as (
    select
        rentals.*,
        given.today,
        dds.first_booked_day(rentals.rental_start, rentals.rental_end, given.business_tz)
            as first_day,
        dds.last_booked_day(rentals.rental_start, rentals.rental_end, given.business_tz)
            as last_day,
        (rentals.rental_start at time zone given.business_tz)::date as start_day,
        (rentals.rental_end at time zone given.business_tz)::date as end_day,
        coalesce(
            rentals.stage = 'on_rent'
            and dds.rental_is_over_at(rentals.rental_end, given.business_tz) + given.grace
            < given.moment,
            false
        ) as is_overdue,
        rentals.stage = 'on_rent' and rentals.rental_end is null as has_no_end
    from given
    cross join rentals
    inner join cars on rentals.car_id = cars.car_id
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
    -- By days, as in dds.fact_fleet_usage_day.
    shown.car_id <> 0 and exists (
        select
        from shown as others
        where
            others.car_id = shown.car_id
            and others.lead_id <> shown.lead_id
            and others.first_day <= least(shown.last_day, $3::date)
            and others.last_day >= greatest(shown.first_day, $2::date)
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
