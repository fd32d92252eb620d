-- What:  writes the other days of fleet usage that are new, changed or no longer true
-- Grain: dds.fact_fleet_usage_day: a car and day; written_days: a car and day more
-- Reads: desired_days (of days.sql), reading (of calendar.sql)
-- If:    days_left_over
--
-- Of a first build all of them are written already, by first_days.sql.

delete from dds.fact_fleet_usage_day
using desired_days
where
    fact_fleet_usage_day.ctid = desired_days.place_before
    and desired_days.fate = 'deleted';

insert into dds.fact_fleet_usage_day (
    car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days, is_rented,
    is_double_booked, is_unpriced, usage_date, load_date
)
select
    desired_days.car_id,
    desired_days.plate,
    desired_days.rentals_cnt,
    desired_days.lead_ids,
    desired_days.amount_share,
    desired_days.charged_days,
    desired_days.rentals_cnt > 0 as is_rented,
    desired_days.rentals_cnt > 1 as is_double_booked,
    desired_days.is_unpriced,
    desired_days.usage_date,
    reading.logical_date as load_date
from desired_days
cross join reading
where desired_days.fate = 'inserted'
order by desired_days.car_id, desired_days.usage_date;

-- What is stored now of the days that may have changed.
with updated as (
    update dds.fact_fleet_usage_day
    set
        plate = desired_days.plate,
        rentals_cnt = desired_days.rentals_cnt,
        lead_ids = desired_days.lead_ids,
        amount_share = desired_days.amount_share,
        charged_days = desired_days.charged_days,
        is_rented = desired_days.rentals_cnt > 0,
        is_double_booked = desired_days.rentals_cnt > 1,
        is_unpriced = desired_days.is_unpriced,
        load_date = reading.logical_date
    from desired_days
    cross join reading
    where
        fact_fleet_usage_day.ctid = desired_days.place_before
        and desired_days.fate = 'updated'
    returning fact_fleet_usage_day.*
),

stored as (
    select updated.*
    from updated
    union all
    select fact_fleet_usage_day.*
    from desired_days
    inner join dds.fact_fleet_usage_day
        on
            desired_days.car_id = fact_fleet_usage_day.car_id
            and desired_days.usage_date = fact_fleet_usage_day.usage_date
    where desired_days.fate in ('inserted', 'kept')
)

-- Of a deleted day nothing but what the sums lose.
insert into written_days
select
    desired_days.car_id,
    stored.plate,
    stored.rentals_cnt,
    stored.lead_ids,
    stored.amount_share,
    stored.is_rented,
    stored.is_double_booked,
    desired_days.usage_date,
    stored.load_date,
    stored.charged_days,
    stored.is_unpriced,
    desired_days.fate,
    desired_days.fate <> 'kept'
    and (
        desired_days.is_other
        or row(
            desired_days.car_days_more, desired_days.rented_days_more,
            desired_days.charged_days_more, desired_days.unpriced_days_more,
            desired_days.revenue_more
        ) <> row(0, 0, 0, 0, 0::numeric)
    ) as is_noted,
    desired_days.car_days_more,
    desired_days.rented_days_more,
    desired_days.charged_days_more,
    desired_days.unpriced_days_more,
    desired_days.revenue_more
from desired_days
left join stored
    on
        desired_days.car_id = stored.car_id
        and desired_days.usage_date = stored.usage_date;

select count(*) as other_days_written
from desired_days
where desired_days.fate <> 'kept';
