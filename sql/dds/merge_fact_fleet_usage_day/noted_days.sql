-- What:  notes for the marts what the sums of changed days grow by
-- Grain: dds.changed_car_day: one row for all days of cars that are written differently (of a first
--        build: none, see first_days.sql)
-- Reads: written_days (of own_days.sql, new_days.sql and other_days.sql), reading (of calendar.sql)

with noted as (
    insert into dds.changed_car_day (
        car_ids, usage_dates, car_days, rented_days, charged_days, unpriced_days, revenue
    )
    select
        array_agg(written_days.car_id),
        array_agg(written_days.usage_date),
        array_agg(written_days.car_days_more),
        array_agg(written_days.rented_days_more),
        array_agg(written_days.charged_days_more),
        array_agg(written_days.unpriced_days_more),
        array_agg(written_days.revenue_more)
    from written_days
    where
        written_days.is_noted
        and (select reading.are_days_noted from reading)
    having count(*) > 0
    returning cardinality(changed_car_day.car_ids) as days
)

select coalesce(sum(noted.days), 0)::bigint as days_noted
from noted;
