-- What:  compares the rentals with those that are there
-- Grain: desired_rentals: a rental that should be there; compared_rentals: one that is or should be
--        there, as it is now and as it was (of a first build: none)
-- Reads: changed_leads (of changed_leads.sql), rentals (of rentals.sql), bearers (of
--        bearers.sql), found_members (of links.sql), confirmations (of confirmations.sql),
--        reading (of progress.sql)
--
-- fate says what becomes of a rental. What it was before is kept beside it, so that nobody needs to
-- look for it again.

create temporary view desired_rentals as
select
    rentals.lead_id,
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
    rentals.updated_at
from rentals
left join bearers as car_bearers
    on rentals.plate = car_bearers.text and car_bearers.kind = 'car'
left join bearers as client_bearers
    on rentals.license = client_bearers.text and client_bearers.kind = 'client'
left join found_members as found_cars
    on rentals.lead_id = found_cars.lead_id and found_cars.kind = 'car'
left join found_members as found_clients
    on rentals.lead_id = found_clients.lead_id and found_clients.kind = 'client'
left join confirmations on rentals.lead_id = confirmations.lead_id;

create temporary table compared_rentals on commit drop as
select
    changed.lead_id,
    changed.place_before,
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
    (changed.rental_before).car_id as car_id_before,
    (changed.rental_before).rental_days as rental_days_before,
    (changed.rental_before).amount as amount_before,
    (changed.rental_before).is_booking as is_booking_before,
    (changed.rental_before).rental_start as rental_start_before,
    (changed.rental_before).rental_end as rental_end_before,
    case
        when desired.lead_id is null then 'deleted'
        when changed.place_before is null then 'inserted'
        -- Not load_date: unless something else differs, a rental keeps the one it has. Nearly all
        -- that differ do so in the first column.
        when
            row(
                desired.updated_at, desired.car_id, desired.client_id, desired.pipeline_id,
                desired.status_id, desired.status_name, desired.stage, desired.rental_days,
                desired.dailyrate, desired.budget, desired.amount, desired.is_booking,
                desired.is_cancelled, desired.rental_start, desired.rental_end,
                desired.closed_at, desired.confirmed_at, desired.created_at
            ) is distinct from row(
                (changed.rental_before).updated_at, (changed.rental_before).car_id,
                (changed.rental_before).client_id, (changed.rental_before).pipeline_id,
                (changed.rental_before).status_id, (changed.rental_before).status_name,
                (changed.rental_before).stage, (changed.rental_before).rental_days,
                (changed.rental_before).dailyrate, (changed.rental_before).budget,
                (changed.rental_before).amount, (changed.rental_before).is_booking,
                (changed.rental_before).is_cancelled, (changed.rental_before).rental_start,
                (changed.rental_before).rental_end, (changed.rental_before).closed_at,
                (changed.rental_before).confirmed_at, (changed.rental_before).created_at
            )
            then 'updated'
        else 'kept'
    end as fate
from changed_leads as changed (lead_id)
left join desired_rentals as desired on changed.lead_id = desired.lead_id
where
    (desired.lead_id is not null or changed.place_before is not null)
    and not (select reading.is_first from reading);

analyze compared_rentals (lead_id, fate);

select
    count(*) filter (where compared_rentals.fate = 'updated') as rentals_updated,
    count(*) filter (where compared_rentals.fate = 'deleted') as rentals_deleted
from compared_rentals;
