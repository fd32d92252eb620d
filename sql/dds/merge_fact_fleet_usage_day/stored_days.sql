-- What:  reads the days that may have changed as they are stored, and the bookings that share them
-- Grain: stored_days: a car and day as it is stored; booked: bookings more
-- Reads: reading (of calendar.sql), bookings and booked (of changed_bookings.sql),
--        other_days (of changed_days.sql), dds.fact_fleet_usage_day
-- If:    days_left_over

-- A month or so of a car at a time: days that are neighbours are read in one go.
create temporary table stored_days on commit drop as
with spans as materialized (
    select
        other_days.car_id,
        min(other_days.usage_date) as first_day,
        max(other_days.usage_date) as last_day
    from other_days
    cross join reading
    -- No day is stored after the last one of the merge before.
    where reading.is_reset or other_days.usage_date <= reading.last_day_before
    group by
        other_days.car_id,
        (other_days.usage_date - '2000-01-01'::date) / 32
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
inner join other_days
    on
        stored.car_id = other_days.car_id
        and stored.usage_date = other_days.usage_date
where not (select reading.is_first from reading);

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
    where stored_days.rentals_cnt > 1
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

select count(*) as bookings_beside_changed
from further_leads;
