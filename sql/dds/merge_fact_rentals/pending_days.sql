-- What:  tells fleet usage which days changed, and marts which leads
-- Grain: dds.fact_fleet_usage_day_pending: one row for all bookings with a span of days that they
--        left or entered
-- Reads: changed_rentals (of other_rentals.sql), rentals (of rentals.sql), reading (of
--        progress.sql)
--
-- The days that bookings leave and those that they enter; the same days with another amount,
-- without one or with other charged days too. Fleet usage that was never built takes all
-- bookings in and needs no telling.

with changed as materialized (
    select
        changed_rentals.lead_id,
        changed_rentals.car_id,
        changed_rentals.car_id_before,
        changed_rentals.rental_start_before,
        changed_rentals.rental_end_before,
        dds.first_booked_day(
            changed_rentals.rental_start, changed_rentals.rental_end, reading.business_tz
        ) as first_day,
        dds.last_booked_day(
            changed_rentals.rental_start, changed_rentals.rental_end, reading.business_tz
        ) as last_day,
        changed_rentals.is_booking and changed_rentals.car_id <> 0 as is_booking,
        changed_rentals.is_booking_before and changed_rentals.car_id_before <> 0
            as is_booking_before,
        row(
            changed_rentals.car_id, changed_rentals.is_booking,
            changed_rentals.rental_start, changed_rentals.rental_end
        ) is not distinct from row(
            changed_rentals.car_id_before, changed_rentals.is_booking_before,
            changed_rentals.rental_start_before, changed_rentals.rental_end_before
        ) as stays,
        row(changed_rentals.amount, changed_rentals.rental_days)
        is distinct from row(
            changed_rentals.amount_before, changed_rentals.rental_days_before
        ) as is_worth_other
    from changed_rentals
    cross join reading
    where changed_rentals.fate <> 'kept' and reading.is_fleet_usage_built
),

-- Materialized, or each mention of a day further down would compute it again.
moved as materialized (
    select
        changed.*,
        -- Nobody asks for the days of what was no booking: it differs from one before its days do.
        case
            when changed.is_booking_before
                then dds.first_booked_day(
                    changed.rental_start_before, changed.rental_end_before, reading.business_tz
                )
        end as first_day_before,
        case
            when changed.is_booking_before
                then dds.last_booked_day(
                    changed.rental_start_before, changed.rental_end_before, reading.business_tz
                )
        end as last_day_before
    from changed
    cross join reading
    where not changed.stays
),

told as (
    -- A span that stays is told once, and only where it is worth something else.
    select
        changed.lead_id,
        changed.car_id,
        changed.first_day,
        changed.last_day
    from changed
    where changed.stays and changed.is_booking and changed.is_worth_other
    union all
    select
        moved.lead_id,
        moved.car_id,
        moved.first_day,
        moved.last_day
    from moved
    where
        moved.is_booking
        and (
            moved.is_worth_other
            or row(
                moved.is_booking, moved.car_id, moved.first_day, moved.last_day
            ) is distinct from row(
                moved.is_booking_before, moved.car_id_before, moved.first_day_before,
                moved.last_day_before
            )
        )
    union all
    select
        moved.lead_id,
        moved.car_id_before,
        moved.first_day_before,
        moved.last_day_before
    from moved
    where
        moved.is_booking_before
        and row(
            moved.is_booking, moved.car_id, moved.first_day, moved.last_day
        ) is distinct from row(
            moved.is_booking_before, moved.car_id_before, moved.first_day_before,
            moved.last_day_before
        )
)

insert into dds.fact_fleet_usage_day_pending (
    lead_ids, car_ids, first_days, last_days
)
select
    array_agg(told.lead_id),
    array_agg(told.car_id),
    array_agg(told.first_day),
    array_agg(told.last_day)
from told
where told.first_day is not null
having count(*) > 0;

select
    dds.note_changed_leads(
        array(
            select changed_rentals.lead_id
            from changed_rentals
            where changed_rentals.fate <> 'kept'
            union all
            select rentals.lead_id
            from rentals
            where (select reading.is_first from reading)
        )
    ) as leads_noted;
