-- What:  compares the rentals with those that are there
-- Grain: compared_rentals: a rental that is or should be there, as it is now and as it was
-- Reads: changed_leads (of changed_leads.sql), rentals and bearers (of rentals.sql),
--        found_members (of links.sql), confirmations (of confirmations.sql), dds.fact_rentals
--
-- fate says what becomes of a rental. What it was before is kept beside it, so that nobody needs to
-- look for it again.

create temporary table compared_rentals on commit drop as
with desired as (
    select
        rentals.*,
        coalesce(
            rentals.linked_car_id,
            case
                when car_bearers.is_disputed then found_cars.member_id
                else coalesce(car_bearers.id, 0)
            end
        ) as car_id,
        coalesce(
            rentals.linked_client_id,
            case
                when client_bearers.is_disputed then found_clients.member_id
                else coalesce(client_bearers.id, 0)
            end
        ) as client_id,
        rentals.stage in ('confirmed', 'on_rent', 'returned', 'closed') as is_booking,
        rentals.stage = 'cancelled' as is_cancelled,
        case
            when confirmations.is_booked_from_first
                then coalesce(rentals.created_at, confirmations.first_entry_at)
            else confirmations.first_entry_at
        end as confirmed_at
    from rentals
    left join bearers as car_bearers
        on rentals.car_key = car_bearers.key and car_bearers.kind = 'car'
    left join bearers as client_bearers
        on rentals.client_key = client_bearers.key and client_bearers.kind = 'client'
    left join found_members as found_cars
        on rentals.lead_id = found_cars.lead_id and found_cars.kind = 'car'
    left join found_members as found_clients
        on rentals.lead_id = found_clients.lead_id and found_clients.kind = 'client'
    left join confirmations on rentals.lead_id = confirmations.lead_id
)

select
    changed_leads.id as lead_id,
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
    desired.car_key is not null or desired.has_car_element as is_car_named,
    desired.client_key is not null or desired.has_client_element as is_client_named,
    fact_rentals.ctid as place_before,
    fact_rentals.car_id as car_id_before,
    fact_rentals.rental_days as rental_days_before,
    fact_rentals.amount as amount_before,
    fact_rentals.is_booking as is_booking_before,
    fact_rentals.rental_start as rental_start_before,
    fact_rentals.rental_end as rental_end_before,
    case
        when desired.lead_id is null then 'deleted'
        when fact_rentals.lead_id is null then 'inserted'
        -- Not load_date: unless something else differs, a rental keeps the one it has.
        when
            row(
                desired.car_id, desired.client_id, desired.pipeline_id,
                desired.status_id, desired.status_name, desired.stage, desired.rental_days,
                desired.dailyrate, desired.budget, desired.amount, desired.is_booking,
                desired.is_cancelled, desired.rental_start, desired.rental_end,
                desired.closed_at, desired.confirmed_at, desired.created_at,
                desired.updated_at
            ) is distinct from row(
                fact_rentals.car_id, fact_rentals.client_id,
                fact_rentals.pipeline_id, fact_rentals.status_id, fact_rentals.status_name,
                fact_rentals.stage, fact_rentals.rental_days, fact_rentals.dailyrate,
                fact_rentals.budget, fact_rentals.amount, fact_rentals.is_booking,
                fact_rentals.is_cancelled, fact_rentals.rental_start,
                fact_rentals.rental_end, fact_rentals.closed_at, fact_rentals.confirmed_at,
                fact_rentals.created_at, fact_rentals.updated_at
            )
            then 'updated'
        else 'kept'
    end as fate
from changed_leads
left join desired on changed_leads.id = desired.lead_id
left join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
where desired.lead_id is not null or fact_rentals.lead_id is not null;

analyze compared_rentals (lead_id, fate);

select
    count(*) filter (where compared_rentals.car_id = 0) as unknown_cars,
    count(*) filter (where compared_rentals.client_id = 0) as unknown_clients,
    count(*) filter (
        where compared_rentals.car_id = 0 and compared_rentals.is_car_named
    ) as warning_cars_not_found,
    count(*) filter (
        where compared_rentals.client_id = 0 and compared_rentals.is_client_named
    ) as warning_clients_not_found
from compared_rentals;
