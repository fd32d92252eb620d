-- What:  notes up to where fleet usage is built, and counts its days that were written
-- Grain: one row per known car and day in BUSINESS_TZ, idle days too
-- Reads: written_days (of own_days.sql, new_days.sql and other_days.sql, which have written them),
--        reading (of calendar.sql), of a first build dds.fact_fleet_usage_day

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

with counts as (
    select
        count(*) as days_read,
        count(*) filter (where written_days.fate = 'inserted') as days_inserted,
        count(*) filter (where written_days.fate = 'updated') as days_updated,
        count(*) filter (where written_days.fate = 'deleted') as days_deleted
    from written_days
    where not (select reading.is_first from reading)
    union all
    select
        count(*),
        count(*),
        0,
        0
    from reading
    cross join dds.fact_fleet_usage_day
    where reading.is_first
)

select
    sum(counts.days_read)::bigint as rows_read,
    sum(counts.days_inserted + counts.days_updated + counts.days_deleted)::bigint
        as rows_written,
    sum(counts.days_inserted)::bigint as days_inserted,
    sum(counts.days_updated)::bigint as days_updated,
    sum(counts.days_deleted)::bigint as days_deleted
from counts;
