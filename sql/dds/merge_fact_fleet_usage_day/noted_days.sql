-- What:  notes for the marts what the sums of changed days grow by
-- Grain: dds.changed_car_day: one row per car and day that is written differently
-- Reads: changed_car_days (of changed_days.sql), desired_days (of days.sql),
--        dds.fact_fleet_usage_day
--
-- A mart that was never built takes everything in: the first load notes nothing.

select ops.lock_watermarks('dds.changed_car_day');

with days as (
    select
        changed_car_days.car_id,
        changed_car_days.usage_date,
        (desired_days.car_id is not null)::integer
        - (fact_fleet_usage_day.car_id is not null)::integer as car_days,
        coalesce(desired_days.is_rented, false)::integer
        - coalesce(fact_fleet_usage_day.is_rented, false)::integer as rented_days,
        coalesce(desired_days.charged_days, 0)
        - coalesce(fact_fleet_usage_day.charged_days, 0) as charged_days,
        coalesce(desired_days.is_unpriced, false)::integer
        - coalesce(fact_fleet_usage_day.is_unpriced, false)::integer
            as unpriced_days,
        coalesce(desired_days.amount_share, 0)
        - coalesce(fact_fleet_usage_day.amount_share, 0) as revenue,
        desired_days.is_double_booked
        is distinct from fact_fleet_usage_day.is_double_booked as is_other
    from changed_car_days
    left join desired_days
        on
            changed_car_days.car_id = desired_days.car_id
            and changed_car_days.usage_date = desired_days.usage_date
    left join dds.fact_fleet_usage_day
        on
            changed_car_days.car_id = fact_fleet_usage_day.car_id
            and changed_car_days.usage_date = fact_fleet_usage_day.usage_date
    where
        exists (
            select
            from ops.watermark
            where
                watermark.name like 'dm.%/car_days'
                and watermark.settings is not null
        )
),

noted as (
    insert into dds.changed_car_day (
        car_id, usage_date, car_days, rented_days, charged_days, unpriced_days,
        revenue
    )
    select
        days.car_id,
        days.usage_date,
        days.car_days,
        days.rented_days,
        days.charged_days,
        days.unpriced_days,
        days.revenue
    from days
    where
        days.is_other
        or row(
            days.car_days, days.rented_days, days.charged_days,
            days.unpriced_days, days.revenue
        ) <> row(0, 0, 0, 0, 0::numeric)
    returning changed_car_day.change_seq
)

select count(*) as days_noted
from noted;
