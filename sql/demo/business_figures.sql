-- What:  the figures an owner asks for first, over the days from $1 to $2, both included
-- Grain: one row
-- Reads: dds.fact_fleet_usage_day, dds.fact_rentals, dds.fact_lead_status_change, $3 the time zone
--
-- Utilisation: rented car days / car days in the fleet. RevPAC: revenue / car days in the
-- fleet. ADR: revenue / rented car days. Revenue: the days' shares of the bookings' amounts.

with usage as (
    select
        count(*) as car_days,
        count(*) filter (where fact_fleet_usage_day.is_rented) as rented_days,
        count(*) filter (where fact_fleet_usage_day.is_double_booked)
            as double_booked_days,
        coalesce(sum(fact_fleet_usage_day.amount_share), 0) as revenue
    from dds.fact_fleet_usage_day
    where
        fact_fleet_usage_day.usage_date >= $1::date
        and fact_fleet_usage_day.usage_date <= $2::date
),

rentals as (
    select
        count(*) as leads,
        count(*) filter (where fact_rentals.is_booking) as bookings,
        count(*) filter (where fact_rentals.is_cancelled) as cancelled,
        count(*) filter (where fact_rentals.is_booking and fact_rentals.car_id = 0)
            as bookings_without_car,
        count(*) filter (where fact_rentals.is_booking and fact_rentals.client_id = 0)
            as bookings_without_client
    from dds.fact_rentals
),

changes as (
    select count(*) as status_changes
    from dds.fact_lead_status_change
    where
        (fact_lead_status_change.change_ts at time zone $3)::date >= $1::date
        and (fact_lead_status_change.change_ts at time zone $3)::date <= $2::date
)

select
    usage.car_days,
    usage.rented_days,
    round(100.0 * usage.rented_days / nullif(usage.car_days, 0), 1)::float8
        as utilisation_percent,
    round(usage.revenue, 2)::float8 as revenue,
    round(usage.revenue / nullif(usage.rented_days, 0), 2)::float8 as adr,
    round(usage.revenue / nullif(usage.car_days, 0), 2)::float8 as revpac,
    usage.double_booked_days,
    rentals.leads,
    rentals.bookings,
    rentals.cancelled,
    rentals.bookings_without_car,
    rentals.bookings_without_client,
    changes.status_changes
from usage
cross join rentals
cross join changes;
