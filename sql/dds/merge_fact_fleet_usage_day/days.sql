-- What:  computes the days of cars that may have changed, and compares them with those there are
-- Grain: desired_days: a car and day that fleet usage has, or should have, a row for (of a first
--        build: none, see first_days.sql)
-- Reads: changed_car_days (of changed_days.sql), bookings (of changed_bookings.sql), stored_days
--        (of stored_days.sql), booked_days (of booked_days.sql), car_lives (of car_lives.sql),
--        reading (of calendar.sql)
--
-- fate says what becomes of a day; the columns that end with "more" are what the sums of the
-- marts grow by.

create temporary table desired_days on commit drop as
with days as (
    -- Joined before the lives, as the planner expects few days between two others.
    select
        changed_car_days.car_id,
        changed_car_days.usage_date,
        booked_days.rentals_cnt,
        booked_days.lead_ids,
        booked_days.amount_share,
        booked_days.charged_days,
        booked_days.is_unpriced
    from changed_car_days
    left join booked_days
        on
            changed_car_days.car_id = booked_days.car_id
            and changed_car_days.usage_date = booked_days.usage_date
    where not (select reading.is_first from reading)
    -- So that this is joined first.
    offset 0
),

wanted_days as (
    select
        days.car_id,
        days.usage_date,
        car_lives.plate,
        coalesce(days.rentals_cnt, 0) as rentals_cnt,
        coalesce(days.lead_ids, '{}'::bigint[]) as lead_ids,
        coalesce(days.amount_share, 0) as amount_share,
        coalesce(days.charged_days, 0) as charged_days,
        coalesce(days.is_unpriced, false) as is_unpriced
    from days
    inner join car_lives
        on
            days.car_id = car_lives.car_id
            and days.usage_date between car_lives.version_from and car_lives.version_to
    where
        days.rentals_cnt is not null
        or days.usage_date between car_lives.first_day and car_lives.last_idle_day
)

select
    car_id,
    usage_date,
    wanted_days.plate,
    wanted_days.rentals_cnt,
    wanted_days.lead_ids,
    wanted_days.amount_share,
    wanted_days.charged_days,
    wanted_days.is_unpriced,
    case
        when wanted_days.rentals_cnt is null then 'deleted'
        when stored_days.rentals_cnt is null then 'inserted'
        when
            row(
                stored_days.plate, stored_days.rentals_cnt, stored_days.lead_ids,
                stored_days.amount_share, stored_days.charged_days,
                stored_days.is_unpriced
            ) is distinct from row(
                wanted_days.plate, wanted_days.rentals_cnt, wanted_days.lead_ids,
                wanted_days.amount_share, wanted_days.charged_days,
                wanted_days.is_unpriced
            )
            then 'updated'
        else 'kept'
    end as fate,
    (wanted_days.rentals_cnt is not null)::integer
    - (stored_days.rentals_cnt is not null)::integer as car_days_more,
    coalesce(wanted_days.rentals_cnt > 0, false)::integer
    - coalesce(stored_days.is_rented, false)::integer as rented_days_more,
    coalesce(wanted_days.charged_days, 0)
    - coalesce(stored_days.charged_days, 0) as charged_days_more,
    coalesce(wanted_days.is_unpriced, false)::integer
    - coalesce(stored_days.is_unpriced, false)::integer as unpriced_days_more,
    coalesce(wanted_days.amount_share, 0)
    - coalesce(stored_days.amount_share, 0) as revenue_more,
    (wanted_days.rentals_cnt > 1)
    is distinct from stored_days.is_double_booked as is_other,
    stored_days.place as place_before
from wanted_days
full join stored_days using (car_id, usage_date);

-- What no day shows: the shares of days beyond the horizon.
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
