-- What:  remembers how far the sources of rentals are taken in, and counts what became of them
-- Grain: ops.watermark: one row per source
-- Reads: changed_rentals (of other_rentals.sql), progress and reading (of progress.sql),
--        dds.fact_rentals
--
-- The rentals themselves are written by changes.sql and other_rentals.sql.

with positions as (
    select
        progress.name,
        progress.read_to as position,
        case when progress.name = 'dds.fact_rentals' then reading.settings_now end
            as settings
    from progress
    cross join reading
)

update ops.watermark
set
    position = positions.position,
    settings = positions.settings,
    changed_at = clock_timestamp()
from positions
where
    watermark.name = positions.name
    and row(watermark.position, watermark.settings)
    is distinct from row(positions.position, positions.settings);

with first_build as (
    select count(*) as rentals
    from reading
    cross join dds.fact_rentals
    where reading.is_first
)

select
    count(*) filter (where changed_rentals.fate <> 'kept')
    + (select first_build.rentals from first_build) as rows_written,
    count(*) filter (where changed_rentals.fate = 'inserted')
    + (select first_build.rentals from first_build) as rentals_inserted,
    count(*) filter (where changed_rentals.fate = 'updated') as rentals_updated,
    count(*) filter (where changed_rentals.fate = 'deleted') as rentals_deleted,
    count(*) filter (
        where
        changed_rentals.fate <> 'kept'
        and changed_rentals.is_booking
        and changed_rentals.car_id <> 0
        and changed_rentals.rental_end >= changed_rentals.rental_start
    ) + count(*) filter (
        where
        changed_rentals.fate <> 'kept'
        and changed_rentals.is_booking_before
        and changed_rentals.car_id_before <> 0
        and changed_rentals.rental_end_before >= changed_rentals.rental_start_before
    ) as booked_spans_changed
from changed_rentals;
