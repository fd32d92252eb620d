-- What:  writes the bookings that lack a car, an amount or dates, or reach beyond the horizon
-- Grain: dm.unattributed_booking: one row per booking; dds.changed_car_day: one row for all days
--        of cars that change
-- Reads: mart_reading and touched_leads (of reading.sql), dds.fact_rentals, ops.watermark (which
--        marts were built)

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

with changes as (
    select
        sides.car_id,
        sides.usage_date,
        sum(sides.bookings)::integer as bookings_more,
        sum(sides.revenue) as revenue_more
    from row_changes
    cross join lateral (
        values
        (
            row_changes.car_id_before, row_changes.usage_date_before, -1,
            -row_changes.revenue_before
        ),
        (row_changes.car_id, row_changes.usage_date, 1, row_changes.revenue)
    ) as sides (car_id, usage_date, bookings, revenue)
    where sides.car_id is not null
    group by sides.car_id, sides.usage_date
    having sum(sides.bookings) <> 0 or sum(sides.revenue) <> 0
)

insert into dds.changed_car_day (
    car_ids, usage_dates, unattributed_bookings, unattributed_revenue
)
select
    array_agg(changes.car_id),
    array_agg(changes.usage_date),
    array_agg(changes.bookings_more),
    array_agg(changes.revenue_more)
from changes
where
    exists (
        select
        from ops.watermark
        where
            watermark.name like 'dm.%/car_days'
            and watermark.settings is not null
    )
having count(*) > 0;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, null, mart_reading.settings
)
from mart_reading;

select count(*) as rows_written
from row_changes;
