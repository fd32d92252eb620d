-- What:  writes the rentals that are new or other than before
-- Grain: dds.fact_rentals: one row per live lead of the rental pipeline; changed_rentals: a rental
--        that is other than before, as it is stored now and as it was
-- Reads: rentals (of rentals.sql), bearers (of bearers.sql), found_members (of links.sql),
--        confirmations (of confirmations.sql), reading (of progress.sql), dds.fact_rentals
--
-- They are compared with what is stored where that is overwritten. What a rental was before is kept
-- beside it, so that nobody needs to look for it again.

-- Of a first build the indexes, the key too, are made once all rows are there.
select
    case
        when reading.is_first then ops.drop_indexes_of('dds.fact_rentals')
    end as are_dropped
from reading;

create temporary table changed_rentals on commit drop as
-- Asked for those that are new, and for those that were there.
with desired as not materialized (
    select
        rentals.lead_id,
        coalesce(
            rentals.linked_car_id,
            case
                when car_bearers.is_disputed
                    then (
                        select found_members.member_id
                        from found_members
                        where
                            found_members.lead_id = rentals.lead_id
                            and found_members.kind = 'car'
                    )
                else coalesce(car_bearers.id, 0)
            end
        ) as car_id,
        coalesce(
            rentals.linked_client_id,
            case
                when client_bearers.is_disputed
                    then (
                        select found_members.member_id
                        from found_members
                        where
                            found_members.lead_id = rentals.lead_id
                            and found_members.kind = 'client'
                    )
                else coalesce(client_bearers.id, 0)
            end
        ) as client_id,
        rentals.pipeline_id,
        rentals.status_id,
        rentals.status_name,
        rentals.stage,
        rentals.rental_days,
        rentals.dailyrate,
        rentals.budget,
        rentals.amount,
        rentals.stage in ('confirmed', 'on_rent', 'returned', 'closed') as is_booking,
        rentals.stage = 'cancelled' as is_cancelled,
        rentals.rental_start,
        rentals.rental_end,
        rentals.closed_at,
        coalesce(
            rentals.known_confirmed_at,
            case when confirmations.is_booked_from_first then rentals.created_at end,
            confirmations.first_entry_at
        ) as confirmed_at,
        rentals.created_at,
        rentals.updated_at,
        rentals.place_before,
        rentals.car_id_before,
        rentals.rental_days_before,
        rentals.amount_before,
        rentals.is_booking_before,
        rentals.rental_start_before,
        rentals.rental_end_before
    from rentals
    left join bearers as car_bearers
        on rentals.plate = car_bearers.text and car_bearers.kind = 'car'
    left join bearers as client_bearers
        on rentals.license = client_bearers.text and client_bearers.kind = 'client'
    left join confirmations on rentals.lead_id = confirmations.lead_id
),

new_rentals as (
    -- In the order of their leads: rentals.sql reads them so, and joins to what is smaller keep it.
    -- Nothing needs it but neighbours, that they lie in one page.
    insert into dds.fact_rentals (
        lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage,
        rental_days, dailyrate, budget, amount, is_booking, is_cancelled, rental_start,
        rental_end, closed_at, confirmed_at, created_at, updated_at, load_date
    )
    select
        desired.lead_id,
        desired.car_id,
        desired.client_id,
        desired.pipeline_id,
        desired.status_id,
        desired.status_name,
        desired.stage,
        desired.rental_days,
        desired.dailyrate,
        desired.budget,
        desired.amount,
        desired.is_booking,
        desired.is_cancelled,
        desired.rental_start,
        desired.rental_end,
        desired.closed_at,
        desired.confirmed_at,
        desired.created_at,
        desired.updated_at,
        reading.logical_date
    from desired
    cross join reading
    where desired.place_before is null
),

updated as (
    update dds.fact_rentals
    set
        car_id = desired.car_id,
        client_id = desired.client_id,
        pipeline_id = desired.pipeline_id,
        status_id = desired.status_id,
        status_name = desired.status_name,
        stage = desired.stage,
        rental_days = desired.rental_days,
        dailyrate = desired.dailyrate,
        budget = desired.budget,
        amount = desired.amount,
        is_booking = desired.is_booking,
        is_cancelled = desired.is_cancelled,
        rental_start = desired.rental_start,
        rental_end = desired.rental_end,
        closed_at = desired.closed_at,
        confirmed_at = desired.confirmed_at,
        created_at = desired.created_at,
        updated_at = desired.updated_at,
        load_date = reading.logical_date
    from desired
    cross join reading
    where
        not (select reading.is_first from reading)
        and fact_rentals.ctid = desired.place_before
        -- Not load_date: unless something else differs, a rental keeps the one it has. Nearly all
        -- that differ do so in the first column.
        and row(
            desired.updated_at, desired.car_id, desired.client_id, desired.pipeline_id,
            desired.status_id, desired.status_name, desired.stage, desired.rental_days,
            desired.dailyrate, desired.budget, desired.amount, desired.is_booking,
            desired.is_cancelled, desired.rental_start, desired.rental_end,
            desired.closed_at, desired.confirmed_at, desired.created_at
        ) is distinct from row(
            fact_rentals.updated_at, fact_rentals.car_id, fact_rentals.client_id,
            fact_rentals.pipeline_id, fact_rentals.status_id, fact_rentals.status_name,
            fact_rentals.stage, fact_rentals.rental_days, fact_rentals.dailyrate,
            fact_rentals.budget, fact_rentals.amount, fact_rentals.is_booking,
            fact_rentals.is_cancelled, fact_rentals.rental_start, fact_rentals.rental_end,
            fact_rentals.closed_at, fact_rentals.confirmed_at, fact_rentals.created_at
        )
    returning
        'updated' as fate,
        fact_rentals.*,
        desired.car_id_before,
        desired.rental_days_before,
        desired.amount_before,
        desired.is_booking_before,
        desired.rental_start_before,
        desired.rental_end_before
)

select updated.*
from updated;

select
    case
        when reading.is_first then dds.create_indexes_of_rentals()
    end as are_created
from reading;

select reading.is_first::integer as is_first_build
from reading;
