-- What:  writes the days of fleet usage that are new, changed or no longer true
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: desired_days (of days.sql), changed_car_days (of changed_days.sql), reading (of
--        calendar.sql)

create temporary table merge_counts (
    deleted bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0
) on commit drop;

with days_gone as (
    delete from dds.fact_fleet_usage_day
    using changed_car_days
    where
        fact_fleet_usage_day.car_id = changed_car_days.car_id
        and fact_fleet_usage_day.usage_date = changed_car_days.usage_date
        and not exists (
            select
            from desired_days
            where
                desired_days.car_id = changed_car_days.car_id
                and desired_days.usage_date = changed_car_days.usage_date
        )
    returning fact_fleet_usage_day.car_id
)

insert into merge_counts (deleted)
select count(*)
from days_gone;

with written_days as (
    insert into dds.fact_fleet_usage_day (
        car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days,
        is_rented, is_double_booked, is_unpriced, usage_date, load_date
    )
    select
        desired_days.car_id,
        desired_days.plate,
        desired_days.rentals_cnt,
        desired_days.lead_ids,
        desired_days.amount_share,
        desired_days.charged_days,
        desired_days.is_rented,
        desired_days.is_double_booked,
        desired_days.is_unpriced,
        desired_days.usage_date,
        current_setting('rental.logical_date')::date as load_date
    from desired_days
    order by desired_days.car_id, desired_days.usage_date
    on conflict (car_id, usage_date) do update
    set
        plate = excluded.plate,
        rentals_cnt = excluded.rentals_cnt,
        lead_ids = excluded.lead_ids,
        amount_share = excluded.amount_share,
        charged_days = excluded.charged_days,
        is_rented = excluded.is_rented,
        is_double_booked = excluded.is_double_booked,
        is_unpriced = excluded.is_unpriced,
        load_date = excluded.load_date
    where
        row(
            fact_fleet_usage_day.plate, fact_fleet_usage_day.rentals_cnt,
            fact_fleet_usage_day.lead_ids, fact_fleet_usage_day.amount_share,
            fact_fleet_usage_day.charged_days, fact_fleet_usage_day.is_unpriced
        ) is distinct from row(
            excluded.plate, excluded.rentals_cnt, excluded.lead_ids,
            excluded.amount_share, excluded.charged_days, excluded.is_unpriced
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning fact_fleet_usage_day.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_days.is_new),
    count(*) filter (where not written_days.is_new)
from written_days;

with progress as (
    select
        'dds.fact_fleet_usage_day' as name,
        null::bigint as position,
        reading.newest_date as cursor_day,
        reading.settings
    from reading
    union all
    select 'dds.fact_fleet_usage_day/cars', reading.cars_to, null, null
    from reading
    union all
    select 'dds.fact_fleet_usage_day/first_day', null, reading.first_day, null
    from reading
    union all
    select 'dds.fact_fleet_usage_day/last_day', null, reading.last_day, null
    from reading
)

update ops.watermark
set
    position = coalesce(progress.position, watermark.position),
    cursor_day = progress.cursor_day,
    settings = progress.settings,
    changed_at = clock_timestamp()
from progress
where
    watermark.name = progress.name
    and row(watermark.position, watermark.cursor_day, watermark.settings)
    is distinct from row(
        coalesce(progress.position, watermark.position), progress.cursor_day,
        progress.settings
    );

drop view bookings;

select
    sum(merge_counts.deleted + merge_counts.inserted + merge_counts.updated)::bigint
        as rows_written,
    sum(merge_counts.inserted)::bigint as days_inserted,
    sum(merge_counts.updated)::bigint as days_updated,
    sum(merge_counts.deleted)::bigint as days_deleted
from merge_counts;
