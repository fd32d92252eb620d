-- What:  finds the other days of cars that may have changed
-- Grain: other_spans: a booking and a span of its days, of which one or more are not written yet;
--        other_days: a car and day
-- Reads: reading and car_versions (of the files before), changed_bookings and booked (of
--        changed_bookings.sql), written_days (of own_days.sql and new_days.sql),
--        dds.fact_fleet_usage_day
-- If:    days_left_over
--
-- That are the days which changed bookings left or entered and the days at the end of the
-- calendar; then those days of changed cars that are missing, not wanted or of another
-- plate. All of them when the time zone or the horizon was set otherwise.

analyze written_days (car_id, usage_date);

create temporary table other_spans on commit drop as
select
    changed_bookings.lead_id,
    changed_bookings.car_id,
    changed_bookings.first_day,
    changed_bookings.last_day
from changed_bookings
cross join reading
left join written_days
    on
        changed_bookings.lead_id = written_days.lead_ids[1]
        and changed_bookings.car_id = written_days.car_id
        and written_days.usage_date
        between changed_bookings.first_day and changed_bookings.last_day
group by
    changed_bookings.lead_id,
    changed_bookings.car_id,
    changed_bookings.first_day,
    changed_bookings.last_day,
    reading.first_day,
    reading.horizon_ends_on
having
    least(changed_bookings.last_day, reading.horizon_ends_on)
    - greatest(changed_bookings.first_day, reading.first_day)
    + 1 > count(written_days.car_id);

create temporary table other_days on commit drop as
with changed_spans as (
    select
        other_spans.car_id,
        other_spans.first_day,
        other_spans.last_day
    from other_spans
    union all
    select
        booked.car_id,
        booked.first_day,
        booked.last_day
    from booked
    -- Of a first build the days of lives are known soon, and nearly all that are booked among them.
    where (select reading.is_reset and not reading.is_first from reading)
),

all_days as (
    -- Spread here and not beside a span in from, where a series is put down for each before
    -- it is read.
    select
        changed_spans.car_id,
        greatest(changed_spans.first_day, reading.first_day) + generate_series(
            0,
            least(changed_spans.last_day, reading.horizon_ends_on)
            - greatest(changed_spans.first_day, reading.first_day)
        ) as usage_date
    from changed_spans
    cross join reading
    union
    select
        car_versions.car_id,
        greatest(car_versions.first_day, reading.last_day_before + 1) + generate_series(
            0,
            car_versions.last_idle_day
            - greatest(car_versions.first_day, reading.last_day_before + 1)
        ) as usage_date
    from car_versions
    cross join reading
    where car_versions.last_idle_day > reading.last_day_before
    union
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date
    from dds.fact_fleet_usage_day
    where
        fact_fleet_usage_day.usage_date > (select reading.last_day from reading)
        -- Open at one end, a third of all days is expected and every one is read.
        and fact_fleet_usage_day.usage_date <= 'infinity'
    union
    select
        fact_fleet_usage_day.car_id,
        fact_fleet_usage_day.usage_date
    from dds.fact_fleet_usage_day
    where (select reading.is_reset from reading)
)

select all_days.*
from all_days
where
    not exists (
        select
        from written_days
        where
            written_days.car_id = all_days.car_id
            and written_days.usage_date = all_days.usage_date
    )
-- Looked up in their order, neighbours are in pages already read.
order by all_days.car_id, all_days.usage_date;

analyze other_days;

select count(*) as other_spans_changed
from other_spans;
