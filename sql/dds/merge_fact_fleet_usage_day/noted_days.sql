-- What:  notes for the marts what the sums of changed days grow by
-- Grain: dds.changed_car_day: one row for all days of cars that are written differently (of a first
--        build: none, see first_days.sql)
-- Reads: own_days (of own_days.sql), desired_days (of days.sql), reading (of calendar.sql)

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
    where own_days.is_written_differently
),

noted as (
    insert into dds.changed_car_day (
        car_ids, usage_dates, car_days, rented_days, charged_days, unpriced_days, revenue
    )
    select
        array_agg(changes.car_id),
        array_agg(changes.usage_date),
        array_agg(changes.car_days_more),
        array_agg(changes.rented_days_more),
        array_agg(changes.charged_days_more),
        array_agg(changes.unpriced_days_more),
        array_agg(changes.revenue_more)
    from changes
    where (select reading.are_days_noted from reading)
    having count(*) > 0
    returning cardinality(changed_car_day.car_ids) as days
)

select coalesce(sum(noted.days), 0)::bigint as days_noted
from noted;
