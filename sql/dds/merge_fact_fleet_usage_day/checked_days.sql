-- What:  shows the checks what is stored now of the days that may have changed
-- Grain: changed_days, changed_car_days: a car and day; listed_rentals: a rental
-- Reads: own_days (of own_days.sql), stored_changes (of ../merge_fact_fleet_usage_day.sql), booked
--        (of changed_bookings.sql and stored_days.sql), reading (of calendar.sql),
--        dds.fact_fleet_usage_day
--
-- Of a first build that is all there is, which no other day's plan shall know of: it would cost the
-- first build a third more to read, and other days the workers that the planner starts for it.
-- Written days list no lead that is not in booked, but for a mistake, which checks find by its
-- absence.

drop view bookings;

do $$
begin
    if (select reading.is_first from reading) then
        -- So that the views go when the transaction ends, as that table does.
        create temporary view changed_days as
        select fact_fleet_usage_day.*
        from dds.fact_fleet_usage_day
        where exists (select from reading);

        drop table changed_car_days;
        create temporary view changed_car_days as
        select
            fact_fleet_usage_day.car_id,
            fact_fleet_usage_day.usage_date
        from dds.fact_fleet_usage_day
        where exists (select from reading);
    else
        create temporary view changed_days as
        select
            own_days.car_id,
            own_days.plate,
            own_days.rentals_cnt,
            own_days.lead_ids,
            own_days.amount_share,
            own_days.is_rented,
            own_days.is_double_booked,
            own_days.usage_date,
            own_days.load_date,
            own_days.charged_days,
            own_days.is_unpriced
        from own_days
        union all
        select stored_changes.*
        from stored_changes;
    end if;
end
$$;

create temporary view listed_rentals as
select
    booked.lead_id,
    booked.car_id,
    true as is_booking,
    booked.amount,
    booked.first_day,
    booked.last_day
from booked;

select count(*) as double_booked_days
from changed_days
where changed_days.is_double_booked;
