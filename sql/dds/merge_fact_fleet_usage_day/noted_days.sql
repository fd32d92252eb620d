-- What:  notes for the marts what the sums of changed days grow by
-- Grain: dds.changed_car_day: one row per car and day that is written differently
-- Reads: own_days (of own_days.sql), desired_days (of days.sql), first_days (of first_days.sql),
--        reading (of calendar.sql)

with changes as (
    select
        desired_days.car_id,
        desired_days.usage_date,
        desired_days.car_days_more,
        desired_days.rented_days_more,
        desired_days.charged_days_more,
        desired_days.unpriced_days_more,
        desired_days.revenue_more
    from desired_days
    where
        desired_days.fate <> 'kept'
        and (
            desired_days.is_other
            or row(
                desired_days.car_days_more, desired_days.rented_days_more,
                desired_days.charged_days_more, desired_days.unpriced_days_more,
                desired_days.revenue_more
            ) <> row(0, 0, 0, 0, 0::numeric)
        )
    union all
    select
        own_days.car_id,
        own_days.usage_date,
        0 as car_days_more,
        own_days.rented_days_more,
        own_days.charged_days_more,
        own_days.unpriced_days_more,
        own_days.revenue_more
    from own_days
    where
        row(
            own_days.rented_days_more, own_days.charged_days_more,
            own_days.unpriced_days_more, own_days.revenue_more
        ) <> row(0, 0, 0, 0::numeric)
    union all
    select
        first_days.car_id,
        first_days.usage_date,
        1 as car_days_more,
        (first_days.rentals_cnt > 0)::integer as rented_days_more,
        first_days.charged_days as charged_days_more,
        first_days.is_unpriced::integer as unpriced_days_more,
        first_days.amount_share as revenue_more
    from first_days
),

noted as (
    insert into dds.changed_car_day (
        car_id, usage_date, car_days, rented_days, charged_days, unpriced_days,
        revenue
    )
    select changes.*
    from changes
    where (select reading.are_days_noted from reading)
    returning changed_car_day.change_seq
)

select count(*) as days_noted
from noted;
