-- What:  spreads the bookings of days that may have changed over their days
-- Grain: booked_days: a car and day that is booked
-- Reads: reading (of calendar.sql), changed_car_days (of changed_days.sql), booked (of
--        changed_days.sql and stored_days.sql)

create temporary table booked_days on commit drop as
-- How many days a booking has is not in the planner's statistics: spread over days before
-- anything is joined to them, they are joined once, not once for each booking. The share of
-- all days but the last is computed once for a booking.
with shares as (
    select
        worth.car_id,
        greatest(worth.first_day, reading.first_day) + calendar.place as usage_date,
        worth.lead_id,
        case
            when
                greatest(worth.first_day, reading.first_day) + calendar.place
                = worth.last_day
                then worth.amount - worth.share * (worth.last_day - worth.first_day)
            else worth.share
        end as amount_share,
        dds.charged_days_of_day(
            worth.rental_days, worth.first_day, worth.last_day,
            greatest(worth.first_day, reading.first_day) + calendar.place
        ) as charged_days,
        worth.is_unpriced
    from (
        select
            booked.*,
            trunc(booked.amount / (booked.last_day - booked.first_day + 1), 2) as share
        from booked
        offset 0
    ) as worth
    cross join reading
    cross join lateral generate_series(
        0,
        least(worth.last_day, reading.horizon_ends_on)
        - greatest(worth.first_day, reading.first_day)
    ) as calendar (place)
    offset 0
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
