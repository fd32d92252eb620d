-- What:  finds how far pace has read the changed leads, and which leads it has to look at
-- Grain: mart_reading: one row; touched_leads: a lead; booked_statuses: a status
-- Reads: dds.changed_lead, dm.build, dict.dict_status_leads, ops.watermark, dds.booked_version,
--        ods.ods_leads_hist (all leads when built anew)

select ops.lock_watermarks(
    'dds.changed_lead', 'dm.booking_pace/leads', 'dm.booking_pace/horizon'
);

create temporary table booked_statuses on commit drop as
select dict_status_leads.status_id
from dm.build
inner join dict.dict_status_leads
    on build.pipeline_id = dict_status_leads.pipeline_id
where dict_status_leads.stage in ('confirmed', 'on_rent', 'returned', 'closed')
union
-- Won leads are booked, also where the dictionary lacks their status.
select 142 as status_id
from dm.build
where
    not exists (
        select
        from dict.dict_status_leads
        where
            dict_status_leads.pipeline_id = build.pipeline_id
            and dict_status_leads.status_id = 142
    );

create temporary table mart_reading on commit drop as
with now as (
    select
        build.*,
        horizon.last_day as horizon_to,
        format(
            '%s, pipeline %s, grace %s min, from %s, booked %s',
            build.business_tz, build.pipeline_id, build.grace_minutes,
            build.first_load_day,
            (
                select
                    string_agg(
                        booked_statuses.status_id::text, ' '
                        order by booked_statuses.status_id
                    )
                from booked_statuses
            )
        ) as settings
    from dm.build
    cross join dds.horizon() as horizon
)

select
    watermark.name,
    watermark.position as read_from,
    coalesce(
        (select max(changed_lead.change_seq) from dds.changed_lead),
        watermark.position
    ) as read_to,
    watermark.cursor_day as last_day_before,
    horizon_done.cursor_day as horizon_before,
    now.horizon_to,
    now.last_finished_day as last_day,
    now.first_load_day,
    now.business_tz,
    now.grace_minutes,
    now.pipeline_id,
    now.settings,
    watermark.settings is distinct from now.settings as is_everything
from ops.watermark
cross join ops.watermark as horizon_done
cross join now
where
    watermark.name = 'dm.booking_pace/leads'
    and horizon_done.name = 'dm.booking_pace/horizon';

-- The planner must know that it is one row: the facts beside it are millions.
analyze mart_reading;
analyze booked_statuses;

-- Another setting gives every version another meaning.
delete from dds.booked_version
using mart_reading
where mart_reading.is_everything;

delete from dds.booked_step
using mart_reading
where mart_reading.is_everything;

create temporary table touched_leads (
    lead_id bigint primary key
) on commit drop;

insert into touched_leads (lead_id)
select noted.lead_id
from mart_reading
cross join lateral dds.leads_noted(
    mart_reading.read_from, mart_reading.read_to
) as noted (lead_id)
where not mart_reading.is_everything
union
-- Those that reach beyond the nearer of both horizons: days of theirs come in or go.
select booked_version.lead_id
from mart_reading
inner join dds.booked_version
    on
        least(mart_reading.horizon_before, mart_reading.horizon_to)
        < booked_version.last_day
where mart_reading.horizon_before is distinct from mart_reading.horizon_to
union
select ods_leads_hist.id
from mart_reading
inner join ods.ods_leads_hist
    on
        mart_reading.is_everything
        and ods_leads_hist.rental_end
        > mart_reading.first_load_day::timestamp at time zone mart_reading.business_tz;

analyze touched_leads;

select
    mart_reading.read_to - mart_reading.read_from as notes_read,
    mart_reading.is_everything::integer as built_from_everything,
    (select count(*) from touched_leads) as leads_touched
from mart_reading;
