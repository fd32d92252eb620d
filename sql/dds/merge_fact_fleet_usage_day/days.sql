-- What:  computes the days of cars that may have changed, and compares them with those there are
-- Grain: desired_days: a car and day that fleet usage has, or should have, a row for (of a first
--        build: none, see first_days.sql)
-- Reads: other_days (of changed_days.sql), bookings (of changed_bookings.sql), stored_days
--        (of stored_days.sql), booked_days (of booked_days.sql), car_lives (of car_lives.sql),
--        reading (of calendar.sql)
-- If:    days_left_over
--
-- fate says what becomes of a day; the columns that end with "more" are what the sums of the
-- marts grow by.

create temporary table desired_days on commit drop as
with days as (
    -- Joined before the lives, as the planner expects few days between two others.
    select
        other_days.car_id,
        other_days.usage_date,
        booked_days.rentals_cnt,
        booked_days.lead_ids,
        booked_days.amount_share,
        booked_days.charged_days,
        booked_days.is_unpriced
    from other_days
    left join booked_days
        on
            other_days.car_id = booked_days.car_id
            and other_days.usage_date = booked_days.usage_date
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

select count(*) as days_compared
from desired_days;
