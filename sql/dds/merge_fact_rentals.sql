-- What:  writes the rentals that changed
-- Grain: one row per live lead that is now in the rental pipeline
-- Reads: compared_rentals (of changes.sql), progress and reading (of progress.sql)

delete from dds.fact_rentals
using compared_rentals
where
    fact_rentals.ctid = compared_rentals.place_before
    and compared_rentals.fate = 'deleted';

-- Of a first build the indexes are made once all rows are there.
select
    case
        when not reading.is_as_before then dds.drop_indexes_of_rentals()
    end as are_dropped
from reading;

-- What is stored now of the leads that changed, for the checks, which all look at the same rows.
create temporary table changed_rentals on commit drop as
with updated as (
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
    returning
        fact_rentals.lead_id,
        fact_rentals.car_id,
        fact_rentals.client_id,
        fact_rentals.pipeline_id,
        fact_rentals.status_id,
        fact_rentals.dailyrate,
        fact_rentals.budget,
        fact_rentals.amount,
        fact_rentals.rental_start,
        fact_rentals.rental_end,
        fact_rentals.updated_at
),

inserted as (
    insert into dds.fact_rentals (
        lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage,
        rental_days, dailyrate, budget, amount, is_booking, is_cancelled, rental_start,
        rental_end, closed_at, created_at, updated_at, load_date, confirmed_at
    )
    select
        compared_rentals.lead_id,
        compared_rentals.car_id,
        compared_rentals.client_id,
        compared_rentals.pipeline_id,
        compared_rentals.status_id,
        compared_rentals.status_name,
        compared_rentals.stage,
        compared_rentals.rental_days,
        compared_rentals.dailyrate,
        compared_rentals.budget,
        compared_rentals.amount,
        compared_rentals.is_booking,
        compared_rentals.is_cancelled,
        compared_rentals.rental_start,
        compared_rentals.rental_end,
        compared_rentals.closed_at,
        compared_rentals.created_at,
        compared_rentals.updated_at,
        reading.logical_date,
        compared_rentals.confirmed_at
    from compared_rentals
    cross join reading
    where compared_rentals.fate = 'inserted'
    order by compared_rentals.lead_id
    returning
        fact_rentals.lead_id,
        fact_rentals.car_id,
        fact_rentals.client_id,
        fact_rentals.pipeline_id,
        fact_rentals.status_id,
        fact_rentals.dailyrate,
        fact_rentals.budget,
        fact_rentals.amount,
        fact_rentals.rental_start,
        fact_rentals.rental_end,
        fact_rentals.updated_at
)

select updated.*
from updated
union all
select inserted.*
from inserted
union all
select
    fact_rentals.lead_id,
    fact_rentals.car_id,
    fact_rentals.client_id,
    fact_rentals.pipeline_id,
    fact_rentals.status_id,
    fact_rentals.dailyrate,
    fact_rentals.budget,
    fact_rentals.amount,
    fact_rentals.rental_start,
    fact_rentals.rental_end,
    fact_rentals.updated_at
from compared_rentals
inner join dds.fact_rentals on compared_rentals.place_before = fact_rentals.ctid
where compared_rentals.fate = 'kept';

analyze changed_rentals (lead_id);

select
    case
        when not reading.is_as_before then dds.create_indexes_of_rentals()
    end as are_created
from reading;

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

select
    count(*) filter (where compared_rentals.fate <> 'kept') as rows_written,
    count(*) filter (where compared_rentals.fate = 'inserted') as rentals_inserted,
    count(*) filter (where compared_rentals.fate = 'updated') as rentals_updated,
    count(*) filter (where compared_rentals.fate = 'deleted') as rentals_deleted
from compared_rentals;
