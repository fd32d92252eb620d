-- What:  writes the bookings that lack a car, an amount or dates, or reach beyond the horizon
-- Grain: dm.unattributed_booking: one row per booking; dds.changed_car_day: a car and day
-- Reads: dds.fact_rentals, dds.changed_lead, dm.build, ops.watermark (the horizon of the days
--        of cars)

select ops.lock_watermarks(
    'dds.changed_lead', 'dds.changed_car_day', 'dm.unattributed_booking/leads'
);

create temporary table mart_reading on commit drop as
select
    watermark.name,
    watermark.position as read_from,
    coalesce(
        (select max(changed_lead.change_seq) from dds.changed_lead),
        watermark.position
    ) as read_to,
    build.business_tz,
    first_done.cursor_day as horizon_from,
    newest_done.cursor_day + build.max_horizon_days as horizon_to,
    format(
        '%s, %s .. %s', build.business_tz, first_done.cursor_day,
        newest_done.cursor_day + build.max_horizon_days
    ) as settings,
    watermark.settings as settings_before,
    split_part(watermark.settings, ',', 1) is distinct from build.business_tz
        as is_everything,
    coalesce(
        before.horizon_from < first_done.cursor_day
        or before.horizon_to > newest_done.cursor_day + build.max_horizon_days,
        false
    ) as is_narrower
from ops.watermark
cross join ops.watermark as first_done
cross join ops.watermark as newest_done
cross join dm.build
cross join lateral (
    select
        (bounds.days)[1]::date as horizon_from,
        (bounds.days)[2]::date as horizon_to
    from (
        select
            regexp_match(
                watermark.settings, '(\d+-\d+-\d+) \.\. (\d+-\d+-\d+)$'
            ) as days
    ) as bounds
) as before
where
    watermark.name = 'dm.unattributed_booking/leads'
    and first_done.name = 'dds.fact_fleet_usage_day/first_day'
    and newest_done.name = 'dds.fact_fleet_usage_day';

-- The planner must know that it is one row: the facts beside it are millions.
analyze mart_reading;

create temporary table touched_leads (
    lead_id bigint primary key
) on commit drop;

-- Where the horizon has moved, what reached beyond it reaches elsewhere; where it is narrower,
-- so does what lay within.
insert into touched_leads (lead_id)
select changed_lead.lead_id
from mart_reading
inner join dds.changed_lead
    on
        mart_reading.read_from < changed_lead.change_seq
        and mart_reading.read_to >= changed_lead.change_seq
where not mart_reading.is_everything
union
select unattributed_booking.lead_id
from mart_reading
inner join dm.unattributed_booking on unattributed_booking.is_beyond_horizon
where mart_reading.settings is distinct from mart_reading.settings_before
union
select fact_rentals.lead_id
from mart_reading
inner join dds.fact_rentals
    on
        least(fact_rentals.rental_start, fact_rentals.rental_end)
        < mart_reading.horizon_from::timestamp at time zone mart_reading.business_tz
        or greatest(fact_rentals.rental_start, fact_rentals.rental_end)
        >= (mart_reading.horizon_to + 1)::timestamp
            at time zone mart_reading.business_tz
where mart_reading.is_narrower and fact_rentals.is_booking
union
select fact_rentals.lead_id
from mart_reading
inner join dds.fact_rentals on mart_reading.is_everything
where fact_rentals.is_booking
union
select unattributed_booking.lead_id
from mart_reading
inner join dm.unattributed_booking on mart_reading.is_everything;

analyze touched_leads;

create temporary table desired_rows on commit drop as
select
    fact_rentals.lead_id,
    fact_rentals.car_id,
    part.usage_date,
    part.revenue,
    part.is_beyond_horizon
from touched_leads
cross join mart_reading
inner join dds.fact_rentals on touched_leads.lead_id = fact_rentals.lead_id
cross join lateral dds.unattributed_part(
    fact_rentals, mart_reading.business_tz, mart_reading.horizon_from,
    mart_reading.horizon_to
) as part
where part.usage_date is not null;

analyze desired_rows;

create temporary table row_changes on commit drop as
select
    unattributed_booking.lead_id as lead_id_before,
    unattributed_booking.car_id as car_id_before,
    unattributed_booking.usage_date as usage_date_before,
    unattributed_booking.revenue as revenue_before,
    desired_rows.*
from touched_leads
left join dm.unattributed_booking
    on touched_leads.lead_id = unattributed_booking.lead_id
left join desired_rows on touched_leads.lead_id = desired_rows.lead_id
where
    row(unattributed_booking.*) is distinct from row(
        desired_rows.lead_id, desired_rows.car_id, desired_rows.usage_date,
        desired_rows.revenue, desired_rows.is_beyond_horizon
    );

delete from dm.unattributed_booking
using row_changes
where unattributed_booking.lead_id = row_changes.lead_id_before;

insert into dm.unattributed_booking (
    lead_id, car_id, usage_date, revenue, is_beyond_horizon
)
select
    row_changes.lead_id,
    row_changes.car_id,
    row_changes.usage_date,
    row_changes.revenue,
    row_changes.is_beyond_horizon
from row_changes
where row_changes.lead_id is not null;

insert into dds.changed_car_day (
    car_id, usage_date, unattributed_bookings, unattributed_revenue
)
select
    sides.car_id,
    sides.usage_date,
    sum(sides.bookings) as unattributed_bookings,
    sum(sides.revenue) as unattributed_revenue
from row_changes
cross join lateral (
    values
    (
        row_changes.car_id_before, row_changes.usage_date_before, -1,
        -row_changes.revenue_before
    ),
    (row_changes.car_id, row_changes.usage_date, 1, row_changes.revenue)
) as sides (car_id, usage_date, bookings, revenue)
where
    sides.car_id is not null
    and exists (
        select
        from ops.watermark
        where
            watermark.name like 'dm.%/car_days'
            and watermark.settings is not null
    )
group by sides.car_id, sides.usage_date
having sum(sides.bookings) <> 0 or sum(sides.revenue) <> 0;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, null, mart_reading.settings
)
from mart_reading;

select
    count(*) as rows_written,
    (select count(*) from touched_leads) as leads_touched
from row_changes;
