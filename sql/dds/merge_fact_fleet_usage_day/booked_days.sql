-- What:  spreads the bookings of days that may have changed over their days
-- Grain: stored_days: a car and day as it is stored; booked_days: a car and day that is booked
-- Reads: reading (of calendar.sql), booked and changed_car_days (of changed_days.sql),
--        dds.fact_rentals, dds.fact_fleet_usage_day (the bookings that did not change)

-- A month or so of a car at a time: days that are neighbours are read in one go.
create temporary table stored_days on commit drop as
with spans as materialized (
    select
        changed_car_days.car_id,
        min(changed_car_days.usage_date) as first_day,
        max(changed_car_days.usage_date) as last_day
    from changed_car_days
    where not (select reading.is_first from reading)
    group by
        changed_car_days.car_id,
        (changed_car_days.usage_date - '2000-01-01'::date) / 32
)

select
    stored.car_id,
    stored.usage_date,
    stored.plate,
    stored.rentals_cnt,
    stored.lead_ids,
    stored.amount_share,
    stored.charged_days,
    stored.is_rented,
    stored.is_double_booked,
    stored.is_unpriced,
    stored.place
from spans
cross join lateral (
    select
        fact_fleet_usage_day.*,
        fact_fleet_usage_day.ctid as place
    from dds.fact_fleet_usage_day
    where
        fact_fleet_usage_day.car_id = spans.car_id
        and fact_fleet_usage_day.usage_date between spans.first_day and spans.last_day
    offset 0
) as stored
inner join changed_car_days
    on
        stored.car_id = changed_car_days.car_id
        and stored.usage_date = changed_car_days.usage_date;

-- Those that share a day with a changed one.
create temporary table further_leads on commit drop as
with listed as (
    -- Nearly all lists have one lead, which is no list to take apart.
    select stored_days.lead_ids[1] as lead_id
    from stored_days
    where stored_days.rentals_cnt = 1
    union all
    select lead_ids.lead_id
    from stored_days
    cross join lateral unnest(stored_days.lead_ids) as lead_ids (lead_id)
    where stored_days.rentals_cnt <> 1
)

select distinct listed.lead_id
from listed
where
    listed.lead_id is not null
    and not exists (
        select
        from booked
        where booked.lead_id = listed.lead_id
    );

-- A list is guessed to hold ten leads: uncounted, they would be worth reading all bookings.
analyze further_leads;

insert into booked
select booking.*
from further_leads
cross join lateral (
    -- One by one: joined, all bookings would be read for a day's changes.
    select bookings.*
    from bookings
    where bookings.lead_id = further_leads.lead_id
    offset 0
) as booking;

-- Uncounted, each lead would be guessed to be there often, and checks sort what they need not.
analyze booked (lead_id);

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
