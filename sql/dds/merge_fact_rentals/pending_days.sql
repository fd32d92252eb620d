-- What:  tells fleet usage which days changed, and marts which leads
-- Grain: dds.fact_fleet_usage_day_pending: one row for all bookings with a span of days that they
--        left or entered
-- Reads: compared_rentals (of changes.sql), rentals (of rentals.sql), reading (of progress.sql)
--
-- The days that bookings leave and those that they enter; the same days with another amount,
-- without one or with other charged days too. Fleet usage that was never built takes all
-- bookings in and needs no telling.

with changed as (
    select compared_rentals.*
    from compared_rentals
    where
        compared_rentals.fate <> 'kept'
        and (select reading.is_fleet_usage_built from reading)
        and row(
            compared_rentals.car_id, compared_rentals.rental_days,
            compared_rentals.amount, compared_rentals.is_booking,
            compared_rentals.rental_start, compared_rentals.rental_end
        ) is distinct from row(
            compared_rentals.car_id_before, compared_rentals.rental_days_before,
            compared_rentals.amount_before, compared_rentals.is_booking_before,
            compared_rentals.rental_start_before, compared_rentals.rental_end_before
        )
),

-- Materialized, or each mention of a day further down would compute it again.
spans as materialized (
    select
        changed.lead_id,
        changed.car_id,
        changed.car_id_before,
        dds.first_booked_day(
            changed.rental_start, changed.rental_end, reading.business_tz
        ) as first_day,
        dds.last_booked_day(
            changed.rental_start, changed.rental_end, reading.business_tz
        ) as last_day,
        changed.is_booking and changed.car_id <> 0 as is_booking,
        changed.is_booking_before and changed.car_id_before <> 0
            as is_booking_before,
        row(changed.rental_start, changed.rental_end)
        is not distinct from row(
            changed.rental_start_before, changed.rental_end_before
        ) as has_same_dates,
        row(changed.amount, changed.rental_days)
        is distinct from row(changed.amount_before, changed.rental_days_before)
            as is_worth_other,
        changed.rental_start_before,
        changed.rental_end_before
    from changed
    cross join reading
),

told as materialized (
    select
        spans.*,
        case
            when spans.has_same_dates then spans.first_day
            else dds.first_booked_day(
                spans.rental_start_before, spans.rental_end_before,
                reading.business_tz
            )
        end as first_day_before,
        case
            when spans.has_same_dates then spans.last_day
            else dds.last_booked_day(
                spans.rental_start_before, spans.rental_end_before,
                reading.business_tz
            )
        end as last_day_before
    from spans
    cross join reading
)

insert into dds.fact_fleet_usage_day_pending (
    lead_ids, car_ids, first_days, last_days
)
select
    array_agg(told.lead_id),
    array_agg(side.car_id),
    array_agg(side.first_day),
    array_agg(side.last_day)
from told
cross join lateral (
    values
    (
        told.car_id_before, told.first_day_before, told.last_day_before,
        told.is_booking_before, true
    ),
    (told.car_id, told.first_day, told.last_day, told.is_booking, false)
) as side (car_id, first_day, last_day, is_booking, is_before)
where
    side.is_booking
    and side.first_day is not null
    and case
        -- A span that stays is told once, and only where it is worth something else.
        when
            told.is_booking
            and told.is_booking_before
            and told.car_id = told.car_id_before
            and told.first_day = told.first_day_before
            and told.last_day = told.last_day_before
            then told.is_worth_other and not side.is_before
        else true
    end
having count(*) > 0;

select
    dds.note_changed_leads(
        array(
            select compared_rentals.lead_id
            from compared_rentals
            where compared_rentals.fate <> 'kept'
            union all
            select rentals.lead_id
            from rentals
            where (select reading.is_first from reading)
        )
    ) as leads_noted;

select
    count(*) filter (
        where
        compared_rentals.is_booking
        and compared_rentals.car_id <> 0
        and compared_rentals.rental_end >= compared_rentals.rental_start
    ) + count(*) filter (
        where
        compared_rentals.is_booking_before
        and compared_rentals.car_id_before <> 0
        and compared_rentals.rental_end_before
        >= compared_rentals.rental_start_before
    ) as booked_spans_changed
from compared_rentals
where compared_rentals.fate <> 'kept';
