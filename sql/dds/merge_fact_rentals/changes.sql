-- What:  compares the rentals with those that are there, and tells fleet usage which days changed
-- Grain: desired_rentals: a live lead of the rental pipeline; rental_changes: a rental that differs
-- Reads: rentals, links and confirmations (of the files named so), changed_leads,
--        dds.fact_rentals

create temporary table desired_rentals (
    like dds.fact_rentals
) on commit drop;

insert into desired_rentals (
    lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage,
    rental_days, dailyrate, budget, amount, is_booking, is_cancelled,
    rental_start, rental_end, closed_at, confirmed_at, created_at, updated_at,
    load_date
)
select
    rentals.id as lead_id,
    car_links.member_id as car_id,
    client_links.member_id as client_id,
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
    confirmations.confirmed_at,
    rentals.created_at,
    rentals.updated_at,
    -- Unless something else differs, a rental keeps the date that it was written at.
    coalesce(
        fact_rentals.load_date, current_setting('rental.logical_date')::date
    ) as load_date
from rentals
inner join links as car_links
    on rentals.id = car_links.lead_id and car_links.kind = 'car'
inner join links as client_links
    on rentals.id = client_links.lead_id and client_links.kind = 'client'
left join confirmations on rentals.id = confirmations.lead_id
left join dds.fact_rentals on rentals.id = fact_rentals.lead_id;

analyze desired_rentals (lead_id);

-- With what the rental was before, so that nobody needs to look for it again.
create temporary table rental_changes on commit drop as
select
    changed_leads.id as lead_id,
    fact_rentals.lead_id is null as is_new,
    desired_rentals.lead_id is null as is_gone,
    fact_rentals.car_id,
    fact_rentals.rental_days,
    fact_rentals.amount,
    fact_rentals.is_booking,
    fact_rentals.rental_start,
    fact_rentals.rental_end
from changed_leads
left join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
left join desired_rentals on changed_leads.id = desired_rentals.lead_id
where row(fact_rentals.*) is distinct from row(desired_rentals.*);

analyze rental_changes (lead_id, is_new);

-- The days that bookings leave and those that they enter; the same days with another
-- amount, without one or with other charged days too.
create temporary table booked_spans on commit drop as
select
    rentals.lead_id,
    rentals.car_id,
    rentals.amount,
    rentals.rental_days,
    dds.first_booked_day(
        rentals.rental_start, rentals.rental_end,
        current_setting('rental.business_tz')
    ) as first_day,
    dds.last_booked_day(
        rentals.rental_start, rentals.rental_end,
        current_setting('rental.business_tz')
    ) as last_day,
    rentals.is_before
from (
    select
        rental_changes.lead_id,
        rental_changes.car_id,
        rental_changes.rental_days,
        rental_changes.amount,
        rental_changes.is_booking,
        rental_changes.rental_start,
        rental_changes.rental_end,
        true as is_before
    from rental_changes
    union all
    select
        desired_rentals.lead_id,
        desired_rentals.car_id,
        desired_rentals.rental_days,
        desired_rentals.amount,
        desired_rentals.is_booking,
        desired_rentals.rental_start,
        desired_rentals.rental_end,
        false as is_before
    from rental_changes
    inner join desired_rentals on rental_changes.lead_id = desired_rentals.lead_id
) as rentals
where
    rentals.is_booking
    and rentals.car_id <> 0
    and rentals.rental_end >= rentals.rental_start;

insert into dds.fact_fleet_usage_day_pending (lead_id, car_id, first_day, last_day)
select distinct
    booked_spans.lead_id,
    booked_spans.car_id,
    booked_spans.first_day,
    booked_spans.last_day
from booked_spans
left join booked_spans as other_side
    on
        booked_spans.lead_id = other_side.lead_id
        and booked_spans.is_before <> other_side.is_before
        and booked_spans.car_id = other_side.car_id
        and booked_spans.amount is not distinct from other_side.amount
        and booked_spans.rental_days = other_side.rental_days
        and booked_spans.first_day = other_side.first_day
        and booked_spans.last_day = other_side.last_day
where other_side.lead_id is null
on conflict (lead_id, car_id, first_day, last_day) do nothing;

select count(*) as booked_spans_changed
from booked_spans;
