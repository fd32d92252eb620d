-- What:  writes the days that changed bookings have to themselves
-- Grain: own_days: a car and day of such a booking, as it is stored now; the columns that end with
--        "more" are what the sums of the marts grow by
-- Reads: reading (of calendar.sql), changed_bookings, booked and landed_cars (of
--        changed_bookings.sql), dds.fact_fleet_usage_day
--
-- Nearly all changed days are such days: stored without a booking or with none but this one, and
-- touched by no other changed span. No other booking covers them, then: one that did before
-- would be stored, and one that does only now has changed. The plate is right, too, since the car
-- did not change. So nothing is looked up for them but their booking, and they are put down
-- nowhere. A booking of which a single day is otherwise goes the long way with all of its days.

create temporary table own_days on commit drop as
with spans as (
    select
        changed_bookings.car_id,
        changed_bookings.first_day,
        changed_bookings.last_day,
        booked.lead_id,
        booked.rental_days,
        booked.amount,
        booked.is_unpriced,
        trunc(
            booked.amount / (changed_bookings.last_day - changed_bookings.first_day + 1), 2
        ) as share,
        coalesce(
            max(changed_bookings.last_day) over earlier >= changed_bookings.first_day
            or lead(changed_bookings.first_day) over earlier
            <= changed_bookings.last_day,
            false
        ) as may_share_days
    from changed_bookings
    left join booked
        on
            changed_bookings.lead_id = booked.lead_id
            and changed_bookings.car_id = booked.car_id
            and changed_bookings.first_day = booked.first_day
            and changed_bookings.last_day = booked.last_day
    window
        earlier as (
            partition by changed_bookings.car_id
            order by changed_bookings.first_day
            rows between unbounded preceding and 1 preceding
        )
),

-- Of those that reach beyond the last day of the merge before not all days are found.
own_spans as (
    select
        spans.*,
        greatest(spans.first_day, reading.first_day) as first_kept_day
    from spans
    cross join reading
    where
        spans.lead_id is not null
        and not spans.may_share_days
        and not reading.is_reset
        -- Not a join, which would put the spans out of the order in which days are counted.
        and spans.car_id not in (select landed_cars.car_id from landed_cars)
),

days as (
    select
        own_spans.lead_id,
        own_spans.is_unpriced,
        own_spans.last_day - own_spans.first_kept_day + 1 as days_wanted,
        stored.usage_date = own_spans.first_kept_day as is_first_of_span,
        count(*) over (
            partition by own_spans.car_id, own_spans.first_day
        ) as days_found,
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
        stored.is_rented::integer as rented_days_before,
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
            fact_fleet_usage_day.is_rented,
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
                fact_fleet_usage_day.lead_ids = array[own_spans.lead_id]
                or fact_fleet_usage_day.lead_ids = '{}'
            )
        offset 0
    ) as stored
),

updated as (
    update dds.fact_fleet_usage_day
    set
        rentals_cnt = 1,
        lead_ids = array[days.lead_id],
        amount_share = days.amount_share,
        charged_days = days.charged_days,
        is_rented = true,
        is_double_booked = false,
        is_unpriced = days.is_unpriced,
        -- A day that says what it said keeps the date on which it began to.
        load_date = case
            when
                row(
                    days.rented_days_before, days.charged_days_before,
                    days.unpriced_days_before, days.amount_share_before
                ) = row(1, days.charged_days, days.is_unpriced::integer, days.amount_share)
                then days.load_date_before
            else reading.logical_date
        end
    from days
    cross join reading
    where
        fact_fleet_usage_day.ctid = days.place
        and days.days_found = days.days_wanted
    returning
        fact_fleet_usage_day.*,
        days.is_first_of_span,
        1 - days.rented_days_before as rented_days_more,
        days.charged_days - days.charged_days_before as charged_days_more,
        days.is_unpriced::integer - days.unpriced_days_before as unpriced_days_more,
        days.amount_share - days.amount_share_before as revenue_more
)

select
    updated.*,
    row(
        updated.rented_days_more, updated.charged_days_more,
        updated.unpriced_days_more, updated.revenue_more
    ) <> row(0, 0, 0, 0::numeric) as is_written_differently
from updated;

select count(*) as own_days_updated
from own_days;
