-- What:  spreads the bookings of days that may have changed over their days
-- Grain: booked_days: a car and day that is booked
-- Reads: reading (of calendar.sql), changed_car_days (of changed_days.sql), booked (of
--        changed_days.sql and stored_days.sql)

create temporary table booked_days on commit drop as
-- How many days a booking has is not in the planner's statistics: spread over days before
-- anything is joined to them, they are joined once, not once for each booking. What the last
-- day has and what each other one has is computed once for a booking.
with worth as materialized (
    select
        booked.*,
        dds.share_of_day(
            booked.amount, booked.first_day, booked.last_day, booked.first_day
        ) as first_share,
        dds.share_of_day(
            booked.amount, booked.first_day, booked.last_day, booked.last_day
        ) as last_share,
        dds.charged_days_of_day(
            booked.rental_days, booked.first_day, booked.last_day, booked.first_day
        ) as first_charged,
        dds.charged_days_of_day(
            booked.rental_days, booked.first_day, booked.last_day, booked.last_day
        ) as last_charged
    from booked
),

shares as materialized (
    select
        worth.car_id,
        greatest(worth.first_day, reading.first_day) + calendar.place as usage_date,
        worth.lead_id,
        case
            when
                greatest(worth.first_day, reading.first_day) + calendar.place
                = worth.last_day
                then worth.last_share
            else worth.first_share
        end as amount_share,
        case
            when
                greatest(worth.first_day, reading.first_day) + calendar.place
                = worth.last_day
                then worth.last_charged
            else worth.first_charged
        end as charged_days,
        worth.is_unpriced
    from worth
    cross join reading
    cross join lateral generate_series(
        0,
        least(worth.last_day, reading.horizon_ends_on)
        - greatest(worth.first_day, reading.first_day)
    ) as calendar (place)
),

-- Sorted once, where the lists of each day would be sorted by themselves.
ordered as (
    select shares.*
    from shares
    where
        (select reading.is_reset from reading)
        or (shares.car_id, shares.usage_date) in (
            select
                changed_car_days.car_id,
                changed_car_days.usage_date
            from changed_car_days
        )
    order by shares.car_id, shares.usage_date, shares.lead_id
)

select
    ordered.car_id,
    ordered.usage_date,
    count(*)::integer as rentals_cnt,
    array_agg(ordered.lead_id) as lead_ids,
    sum(ordered.amount_share) as amount_share,
    sum(ordered.charged_days)::integer as charged_days,
    bool_and(ordered.is_unpriced) as is_unpriced
from ordered
group by ordered.car_id, ordered.usage_date;

-- Not the lists of leads, whose statistics cost more than they tell.
analyze booked_days (car_id, usage_date);

select count(*) as days_booked
from booked_days;
