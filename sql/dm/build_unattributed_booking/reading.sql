-- What:  finds how far the changes of bookings were read, up to which day cars have days, and which
--        bookings may lack something else than before
-- Grain: mart_reading: one row; touched_leads: a lead
-- Reads: dds.changed_lead, dds.fact_rentals, dm.unattributed_booking, dm.build, ops.watermark (the
--        horizon of the days of cars)

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
select noted.lead_id
from mart_reading
cross join lateral dds.leads_noted(
    mart_reading.read_from, mart_reading.read_to
) as noted (lead_id)
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
where
    (mart_reading.is_narrower or mart_reading.is_everything)
    and fact_rentals.is_booking
union
-- Of everything, what lacks nothing need not be looked at one by one.
select fact_rentals.lead_id
from mart_reading
inner join dds.fact_rentals on mart_reading.is_everything
where
    fact_rentals.is_booking
    and (
        fact_rentals.car_id = 0
        or fact_rentals.amount is null
        or (fact_rentals.rental_end >= fact_rentals.rental_start) is not true
    )
union
select unattributed_booking.lead_id
from mart_reading
inner join dm.unattributed_booking on mart_reading.is_everything;

analyze touched_leads;

select count(*) as leads_touched
from touched_leads;
