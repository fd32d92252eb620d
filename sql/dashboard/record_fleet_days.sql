-- What:  the fleet days of a lead, or those of a car from one day to another
-- Grain: one row per car and day
-- Reads: dds.fact_rentals, dds.fact_fleet_usage_day, $1 what it is (lead, car), $2 its id,
--        $3 and $4 the first and the last day (of a car), $5 the time zone,
--        $6 how many

with days as (
    select fact_fleet_usage_day.*
    from dds.fact_rentals
    inner join dds.fact_fleet_usage_day
        on fact_rentals.car_id = fact_fleet_usage_day.car_id
    where
        $1 = 'lead'
        and fact_rentals.lead_id = $2::bigint
        and fact_fleet_usage_day.usage_date
        between dds.first_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, $5::text
        )
        and dds.last_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, $5::text
        )
        and fact_rentals.lead_id = any(fact_fleet_usage_day.lead_ids)
    union all
    select fact_fleet_usage_day.*
    from dds.fact_fleet_usage_day
    where
        $1 = 'car'
        and fact_fleet_usage_day.car_id = $2::bigint
        and fact_fleet_usage_day.usage_date between $3::date and $4::date
)

select
    days.usage_date,
    days.car_id,
    days.plate,
    days.is_rented,
    days.is_double_booked,
    days.rentals_cnt,
    array_to_string(days.lead_ids, ', ') as lead_ids,
    days.amount_share::text as amount_share
from days
order by days.usage_date, days.car_id
limit $6::integer;
