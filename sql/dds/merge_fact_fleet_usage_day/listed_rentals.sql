-- What:  shows the checks the rentals that written days list
-- Grain: listed_rentals: a rental
-- Reads: changed_days (of ../merge_fact_fleet_usage_day.sql), booked (of changed_days.sql),
--        dds.fact_rentals

drop view bookings;

-- Read by the merge already, all but those of a mistake.
create temporary table listed_leads on commit drop as
select distinct listed.lead_id
from changed_days
cross join lateral unnest(changed_days.lead_ids) as listed (lead_id)
where
    not exists (
        select
        from booked
        where booked.lead_id = listed.lead_id
    );

-- A list is guessed to hold ten leads: uncounted, they would be worth reading all rentals.
analyze listed_leads;

-- Nearly all of its days have the same share, all but the last one.
create temporary table listed_rentals on commit drop as
with rentals as (
    select
        booked.lead_id,
        booked.car_id,
        booked.amount,
        true as is_booking,
        booked.first_day,
        booked.last_day
    from booked
    union all
    select
        fact_rentals.lead_id,
        fact_rentals.car_id,
        coalesce(fact_rentals.amount, 0) as amount,
        fact_rentals.is_booking,
        dds.first_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, reading.business_tz
        ) as first_day,
        dds.last_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, reading.business_tz
        ) as last_day
    from listed_leads
    inner join dds.fact_rentals on listed_leads.lead_id = fact_rentals.lead_id
    cross join reading
)

select
    rentals.lead_id,
    rentals.car_id,
    rentals.is_booking,
    rentals.first_day,
    rentals.last_day,
    dds.share_of_day(
        rentals.amount, rentals.first_day, rentals.last_day, rentals.last_day - 1
    ) as even_share,
    dds.share_of_day(
        rentals.amount, rentals.first_day, rentals.last_day, rentals.last_day
    ) as last_share
from rentals;

analyze listed_rentals (lead_id);

select count(*) as rentals_listed
from listed_rentals;
