-- What:  spreads the bookings of days that may have changed over their days
-- Grain: booked_days: one row per car and day that is booked
-- Reads: reading (of calendar.sql), changed_bookings and changed_car_days (of changed_days.sql),
--        dds.fact_rentals, dds.fact_fleet_usage_day (the bookings that did not change)

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
        booked.car_id,
        booked.lead_id,
        booked.amount,
        booked.rental_days,
        booked.is_unpriced,
        booked.first_day,
        booked.last_day,
        greatest(booked.first_day, reading.first_day) + calendar.place as usage_date
    from booked_leads
    cross join lateral (
        -- One by one: joined, all bookings would be read for a day's changes.
        select bookings.*
        from bookings
        where bookings.lead_id = booked_leads.lead_id
        offset 0
    ) as booked
    cross join reading
    cross join lateral generate_series(
        0,
        least(booked.last_day, reading.horizon_ends_on)
        - greatest(booked.first_day, reading.first_day)
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

-- Not the lists of leads, whose statistics cost more than they tell.
analyze booked_days (car_id, usage_date);

select count(*) as days_booked
from booked_days;
