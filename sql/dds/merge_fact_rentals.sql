-- What:  writes the rentals that changed, and tells the fleet usage which cars they concern
-- Grain: one row per live lead that is now in the rental pipeline
-- Reads: rentals and links (of rentals.sql and links.sql), changed_leads, progress and
--        reading (of changed_leads.sql)

create temporary table desired_rentals (
    like dds.fact_rentals
) on commit drop;

insert into desired_rentals (
    lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage,
    rental_days, dailyrate, budget, amount, is_booking, is_cancelled,
    rental_start, rental_end, closed_at, created_at, updated_at, load_date
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
left join dds.fact_rentals on rentals.id = fact_rentals.lead_id;

analyze desired_rentals (lead_id);

-- What will change, with the car it leaves and the car it comes to.
create temporary table rental_changes on commit drop as
select
    changed_leads.id as lead_id,
    fact_rentals.car_id as car_id_before,
    desired_rentals.car_id as car_id_now,
    fact_rentals.lead_id is null as is_new,
    desired_rentals.lead_id is null as is_gone
from changed_leads
left join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
left join desired_rentals on changed_leads.id = desired_rentals.lead_id
where row(fact_rentals.*) is distinct from row(desired_rentals.*);

insert into dds.fact_fleet_usage_day_pending (car_id)
select rental_changes.car_id_before
from rental_changes
where rental_changes.car_id_before <> 0
union
select rental_changes.car_id_now
from rental_changes
where rental_changes.car_id_now <> 0
order by 1
on conflict (car_id) do nothing;

delete from dds.fact_rentals
using rental_changes
where fact_rentals.lead_id = rental_changes.lead_id;

update desired_rentals
set load_date = current_setting('rental.logical_date')::date
from rental_changes
where desired_rentals.lead_id = rental_changes.lead_id;

insert into dds.fact_rentals
select desired_rentals.*
from desired_rentals
inner join rental_changes on desired_rentals.lead_id = rental_changes.lead_id;

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
    count(*) as rows_written,
    count(*) filter (where rental_changes.is_new) as rentals_inserted,
    count(*) filter (
        where not rental_changes.is_new and not rental_changes.is_gone
    ) as rentals_updated,
    count(*) filter (where rental_changes.is_gone) as rentals_deleted
from rental_changes;
