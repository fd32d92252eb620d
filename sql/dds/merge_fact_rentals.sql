-- What:  writes the rentals that changed
-- Grain: one row per live lead that is now in the rental pipeline
-- Reads: compared_rentals (of changes.sql), progress and reading (of progress.sql)
--
-- Those that are new are there already.

-- What is stored now of the rentals that may have changed, for the checks.
create temporary table changed_rentals on commit drop as
with deleted as (
    delete from dds.fact_rentals
    using compared_rentals
    where
        fact_rentals.ctid = compared_rentals.place_before
        and compared_rentals.fate = 'deleted'
),

updated as (
    update dds.fact_rentals
    set
        car_id = compared_rentals.car_id,
        client_id = compared_rentals.client_id,
        pipeline_id = compared_rentals.pipeline_id,
        status_id = compared_rentals.status_id,
        status_name = compared_rentals.status_name,
        stage = compared_rentals.stage,
        rental_days = compared_rentals.rental_days,
        dailyrate = compared_rentals.dailyrate,
        budget = compared_rentals.budget,
        amount = compared_rentals.amount,
        is_booking = compared_rentals.is_booking,
        is_cancelled = compared_rentals.is_cancelled,
        rental_start = compared_rentals.rental_start,
        rental_end = compared_rentals.rental_end,
        closed_at = compared_rentals.closed_at,
        confirmed_at = compared_rentals.confirmed_at,
        created_at = compared_rentals.created_at,
        updated_at = compared_rentals.updated_at,
        load_date = reading.logical_date
    from compared_rentals
    cross join reading
    where
        fact_rentals.ctid = compared_rentals.place_before
        and compared_rentals.fate = 'updated'
    returning fact_rentals.*
)

select updated.*
from updated
union all
select fact_rentals.*
from compared_rentals
inner join dds.fact_rentals on compared_rentals.lead_id = fact_rentals.lead_id
where compared_rentals.fate in ('inserted', 'kept');

analyze changed_rentals (lead_id);

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
    count(*) filter (where compared_rentals.fate <> 'kept')
    + (select first_build.rentals from first_build) as rows_written,
    count(*) filter (where compared_rentals.fate = 'inserted')
    + (select first_build.rentals from first_build) as rentals_inserted,
    count(*) filter (where compared_rentals.fate = 'updated') as rentals_updated,
    count(*) filter (where compared_rentals.fate = 'deleted') as rentals_deleted,
    count(*) filter (
        where
        compared_rentals.fate <> 'kept'
        and compared_rentals.is_booking
        and compared_rentals.car_id <> 0
        and compared_rentals.rental_end >= compared_rentals.rental_start
    ) + count(*) filter (
        where
        compared_rentals.fate <> 'kept'
        and compared_rentals.is_booking_before
        and compared_rentals.car_id_before <> 0
        and compared_rentals.rental_end_before >= compared_rentals.rental_start_before
    ) as booked_spans_changed
from compared_rentals;
