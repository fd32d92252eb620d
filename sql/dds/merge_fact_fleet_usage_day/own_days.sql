-- What:  writes the days that changed bookings have to themselves
-- Grain: written_days: a car and day that may have changed, as it is stored now, and what became of
--        it; the columns that end with "more" are what the sums of the marts grow by (of a first
--        build: none, see first_days.sql)
-- Reads: reading (of calendar.sql), changed_bookings, booked and landed_cars (of
--        changed_bookings.sql), dds.fact_fleet_usage_day
--
-- Nearly all changed days are such days: stored without a booking or with none but this one, and
-- touched by no other changed span. No other booking covers them, then: one that did before
-- would be stored, and one that does only now has changed. The plate is right, too, since the car
-- did not change. So nothing is looked up for them but their booking, and they are put down
-- nowhere. Days of such a booking that are otherwise, or not there yet, go the long way.

create temporary table written_days on commit drop as
with spans as (
    select
        changed_bookings.*,
        coalesce(
            max(changed_bookings.last_day) over earlier >= changed_bookings.first_day
            or lead(changed_bookings.first_day) over earlier
            <= changed_bookings.last_day,
            false
        ) as may_share_days
    from changed_bookings
    window
        earlier as (
            partition by changed_bookings.car_id
            order by changed_bookings.first_day
            rows between unbounded preceding and 1 preceding
        )
),

own_spans as (
    select
        spans.lead_id,
        spans.car_id,
        spans.first_day,
        spans.last_day,
        greatest(
            spans.first_day, (select reading.first_day from reading)
        ) as first_kept_day,
        booked.rental_days,
        booked.amount,
        booked.is_unpriced,
        trunc(booked.amount / (spans.last_day - spans.first_day + 1), 2) as share
    from spans
    inner join booked on spans.lead_id = booked.lead_id
    where
        -- The lead alone is joined by: by more, both sides would be sorted.
        row(spans.car_id, spans.first_day, spans.last_day)
        is not distinct from row(booked.car_id, booked.first_day, booked.last_day)
        and not spans.may_share_days
        and not (select reading.is_reset from reading)
        and spans.car_id not in (select landed_cars.car_id from landed_cars)
    -- Or the share of a booking would be divided out again for each of its days.
    offset 0
),

days as (
    select
        own_spans.lead_id,
        own_spans.is_unpriced,
        case
            when stored.usage_date = own_spans.last_day
                then
                    own_spans.amount
                    - own_spans.share * (own_spans.last_day - own_spans.first_day)
            else own_spans.share
        end as amount_share,
        dds.charged_days_of_day(
            own_spans.rental_days, own_spans.first_day, own_spans.last_day,
            stored.usage_date
        ) as charged_days,
        stored.rentals_cnt as rentals_before,
        stored.charged_days as charged_days_before,
        stored.is_unpriced::integer as unpriced_days_before,
        stored.amount_share as amount_share_before,
        stored.load_date as load_date_before,
        stored.place
    from own_spans
    -- One by one: joined, all days would be read for a day's changes.
    cross join lateral (
        select
            fact_fleet_usage_day.usage_date,
            fact_fleet_usage_day.rentals_cnt,
            fact_fleet_usage_day.charged_days,
            fact_fleet_usage_day.is_unpriced,
            fact_fleet_usage_day.amount_share,
            fact_fleet_usage_day.load_date,
            fact_fleet_usage_day.ctid as place
        from dds.fact_fleet_usage_day
        where
            fact_fleet_usage_day.car_id = own_spans.car_id
            and fact_fleet_usage_day.usage_date
            between own_spans.first_kept_day and own_spans.last_day
            and (
                fact_fleet_usage_day.rentals_cnt = 0
                or (
                    fact_fleet_usage_day.rentals_cnt = 1
                    and fact_fleet_usage_day.lead_ids[1] = own_spans.lead_id
                )
            )
        offset 0
    ) as stored
    -- Or each mention of a share further down would compute it again.
    offset 0
),

changes as (
    select
        days.*,
        1 - days.rentals_before as rented_days_more,
        days.charged_days - days.charged_days_before as charged_days_more,
        days.is_unpriced::integer - days.unpriced_days_before as unpriced_days_more,
        days.amount_share - days.amount_share_before as revenue_more,
        row(
            days.rentals_before, days.charged_days_before, days.unpriced_days_before,
            days.amount_share_before
        ) <> row(1, days.charged_days, days.is_unpriced::integer, days.amount_share)
            as is_written_differently
    from days
    offset 0
),

updated as (
    update dds.fact_fleet_usage_day
    set
        rentals_cnt = 1,
        lead_ids = array[changes.lead_id],
        amount_share = changes.amount_share,
        charged_days = changes.charged_days,
        is_rented = true,
        is_double_booked = false,
        is_unpriced = changes.is_unpriced,
        -- A day that says what it said keeps the date on which it began to.
        load_date = case
            when changes.is_written_differently then (select reading.logical_date from reading)
            else changes.load_date_before
        end
    from changes
    where fact_fleet_usage_day.ctid = changes.place
    returning
        fact_fleet_usage_day.*,
        changes.rented_days_more,
        changes.charged_days_more,
        changes.unpriced_days_more,
        changes.revenue_more,
        changes.is_written_differently
)

select
    updated.car_id,
    updated.plate,
    updated.rentals_cnt,
    updated.lead_ids,
    updated.amount_share,
    updated.is_rented,
    updated.is_double_booked,
    updated.usage_date,
    updated.load_date,
    updated.charged_days,
    updated.is_unpriced,
    case when updated.is_written_differently then 'updated' else 'kept' end as fate,
    updated.is_written_differently as is_noted,
    0 as car_days_more,
    updated.rented_days_more,
    updated.charged_days_more,
    updated.unpriced_days_more,
    updated.revenue_more
from updated;

select count(*) as own_days_updated
from written_days;
