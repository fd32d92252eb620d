-- What:  shows the checks what is stored now of the days that may have changed
-- Grain: changed_days, changed_car_days: a car and day; changed_cars: a car of those days;
--        listed_rentals: a rental
-- Reads: written_days (of own_days.sql, new_days.sql and other_days.sql), booked (of
--        changed_bookings.sql and stored_days.sql), reading (of calendar.sql), car_versions (of
--        car_versions.sql: in a first build), dds.fact_fleet_usage_day
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

        create temporary view changed_car_days as
        select
            fact_fleet_usage_day.car_id,
            fact_fleet_usage_day.usage_date
        from dds.fact_fleet_usage_day
        where exists (select from reading);

        create temporary table changed_cars on commit drop as
        select car_versions.car_id as id
        from car_versions
        union
        select booked.car_id
        from booked;
    else
        create temporary view changed_days as
        select
            written_days.car_id,
            written_days.plate,
            written_days.rentals_cnt,
            written_days.lead_ids,
            written_days.amount_share,
            written_days.is_rented,
            written_days.is_double_booked,
            written_days.usage_date,
            written_days.load_date,
            written_days.charged_days,
            written_days.is_unpriced
        from written_days
        -- Not those that are deleted.
        where written_days.rentals_cnt is not null;

        create temporary view changed_car_days as
        select
            written_days.car_id,
            written_days.usage_date
        from written_days;

        create temporary table changed_cars on commit drop as
        select distinct written_days.car_id as id
        from written_days;
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
