-- What:  computes the days of cars that may have changed
-- Grain: desired_days: one row per car and day that fleet usage has a row for
-- Reads: changed_bookings and changed_car_days (of changed_days.sql), car_versions (of
--        car_versions.sql), car_lives (of changed_lives.sql), dds.fact_rentals,
--        dds.fact_fleet_usage_day (the bookings that did not change)

create temporary table booked_leads on commit drop as
select changed_bookings.lead_id
from changed_bookings
union
select listed.lead_id
from changed_car_days
inner join dds.fact_fleet_usage_day
    on
        changed_car_days.car_id = fact_fleet_usage_day.car_id
        and changed_car_days.usage_date = fact_fleet_usage_day.usage_date
cross join lateral unnest(fact_fleet_usage_day.lead_ids) as listed (lead_id);

-- A list is guessed to hold ten leads: uncounted, they would be worth reading all bookings.
analyze booked_leads;

create temporary table booked_days on commit drop as
-- How many days a booking has is not in the planner's statistics: spread over days before
-- anything is joined to them, they are joined once, not once for each booking.
with spread as materialized (
    select
        bookings.car_id,
        bookings.lead_id,
        bookings.amount,
        bookings.rental_days,
        bookings.is_unpriced,
        bookings.first_day,
        bookings.last_day,
        greatest(bookings.first_day, reading.first_day) + calendar.place as usage_date
    from booked_leads
    inner join bookings on booked_leads.lead_id = bookings.lead_id
    cross join reading
    cross join lateral generate_series(
        0,
        least(bookings.last_day, reading.horizon_ends_on)
        - greatest(bookings.first_day, reading.first_day)
    ) as calendar (place)
),

-- Apart from the join, or the planner reads all days of the car for each booking.
shares as materialized (
    select
        spread.car_id,
        spread.lead_id,
        spread.usage_date,
        dds.share_of_day(
            spread.amount, spread.first_day, spread.last_day, spread.usage_date
        ) as amount_share,
        dds.charged_days_of_day(
            spread.rental_days, spread.first_day, spread.last_day, spread.usage_date
        ) as charged_days,
        spread.is_unpriced
    from spread
)

select
    shares.car_id,
    shares.usage_date,
    count(*)::integer as rentals_cnt,
    array_agg(shares.lead_id order by shares.lead_id) as lead_ids,
    sum(shares.amount_share) as amount_share,
    sum(shares.charged_days)::integer as charged_days,
    bool_and(shares.is_unpriced) as is_unpriced
from changed_car_days
inner join shares
    on
        changed_car_days.car_id = shares.car_id
        and changed_car_days.usage_date = shares.usage_date
group by shares.car_id, shares.usage_date;

analyze booked_days;

create temporary table desired_days on commit drop as
select
    changed_car_days.car_id,
    car_versions.plate,
    coalesce(booked_days.rentals_cnt, 0) as rentals_cnt,
    coalesce(booked_days.lead_ids, '{}'::bigint[]) as lead_ids,
    coalesce(booked_days.amount_share, 0) as amount_share,
    coalesce(booked_days.charged_days, 0) as charged_days,
    coalesce(booked_days.rentals_cnt, 0) > 0 as is_rented,
    coalesce(booked_days.rentals_cnt, 0) > 1 as is_double_booked,
    coalesce(booked_days.is_unpriced, false) as is_unpriced,
    changed_car_days.usage_date
from changed_car_days
inner join car_lives on changed_car_days.car_id = car_lives.car_id
inner join car_versions
    on
        changed_car_days.car_id = car_versions.car_id
        and changed_car_days.usage_date
        between car_versions.first_day and car_versions.last_day
left join booked_days
    on
        changed_car_days.car_id = booked_days.car_id
        and changed_car_days.usage_date = booked_days.usage_date
where
    booked_days.car_id is not null
    or changed_car_days.usage_date
    between car_lives.first_day and car_versions.last_idle_day;

analyze desired_days;

-- What no day shows: the shares of days beyond the horizon.
with reaching_out as (
    select bookings.*
    from reading
    inner join bookings
        on
            bookings.rental_end > (reading.horizon_ends_on + 1)::timestamp
            at time zone current_setting('rental.business_tz')
    union
    select bookings.*
    from reading
    inner join bookings
        on
            bookings.rental_start < reading.first_day::timestamp
            at time zone current_setting('rental.business_tz')
),

spans as (
    select
        reaching_out.amount,
        trunc(
            reaching_out.amount
            / (reaching_out.last_day - reaching_out.first_day + 1),
            2
        ) as share,
        reaching_out.last_day - reaching_out.first_day + 1 as days,
        greatest(
            0,
            least(reaching_out.last_day, reading.horizon_ends_on)
            - greatest(reaching_out.first_day, reading.first_day)
            + 1
        ) as days_inside,
        reaching_out.last_day between reading.first_day
        and reading.horizon_ends_on as is_end_inside
    from reaching_out
    cross join reading
)

-- The share of a booking's last day has the rest.
select
    (
        select count(*)
        from desired_days
        where desired_days.is_double_booked
    ) as double_booked_days,
    coalesce(
        sum(
            case
                when spans.is_end_inside
                    then spans.share * (spans.days - spans.days_inside)
                else spans.amount - spans.share * spans.days_inside
            end
        ),
        0
    ) as amount_beyond_horizon
from spans;
