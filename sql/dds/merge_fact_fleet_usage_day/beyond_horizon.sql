-- What:  sums up what no day shows: the shares of days beyond the horizon
-- Grain: one row
-- Reads: reading (of calendar.sql), bookings (of changed_bookings.sql), dds.bookings_within()

with reaching_out as (
    select bookings.*
    from reading
    inner join bookings
        on
            bookings.rental_end > (reading.horizon_ends_on + 1)::timestamp
            at time zone current_setting('rental.business_tz')
    union
    select booking.*
    from reading
    cross join lateral dds.bookings_within(
        '-infinity',
        reading.first_day::timestamp at time zone current_setting('rental.business_tz')
    ) as early
    -- One by one: joined, all bookings would be read for these few.
    cross join lateral (
        select bookings.*
        from bookings
        where bookings.lead_id = early.lead_id
        offset 0
    ) as booking
),

spans as (
    select
        reaching_out.amount,
        trunc(
            reaching_out.amount
            / (reaching_out.last_day - reaching_out.first_day + 1),
            2
        ) as share,
        reaching_out.last_day - reaching_out.first_day + 1 as days,
        greatest(
            0,
            least(reaching_out.last_day, reading.horizon_ends_on)
            - greatest(reaching_out.first_day, reading.first_day)
            + 1
        ) as days_inside,
        reaching_out.last_day between reading.first_day
        and reading.horizon_ends_on as is_end_inside
    from reaching_out
    cross join reading
)

-- The share of a booking's last day has the rest.
select
    coalesce(
        sum(
            case
                when spans.is_end_inside
                    then spans.share * (spans.days - spans.days_inside)
                else spans.amount - spans.share * spans.days_inside
            end
        ),
        0
    ) as amount_beyond_horizon
from spans;
