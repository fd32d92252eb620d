-- What:  finds up to which day leads count, and which leads may count otherwise than before
-- Grain: reading: one row; changed_leads: a lead
-- Reads: dds.changed_lead, dm.lead_state (what a new day brings), dm.status_stage,
--        dict.dict_status_leads, dds.fact_rentals and dds.fact_lead_status_change (which leads
--        there are), ops.watermark
--
-- All leads when the time zone or the rental pipeline was set otherwise, or none was built.

select ops.lock_watermarks('dds.changed_lead', 'dm.lead_state/leads');

create temporary table reading on commit drop as
with pipeline as (
    -- Before the very first listing of statuses there is nothing to find it for.
    select
        case
            when exists (select from dict.dict_status_leads)
                then dict.rental_pipeline_id(current_setting('rental.pipeline'))
        end as pipeline_id
),

days as (
    -- A run for an older date does not take days away that a newer one has added.
    select
        watermark.position as read_from,
        watermark.settings as settings_before,
        greatest(
            watermark.cursor_day, current_setting('rental.logical_date')::date - 1
        ) as last_day
    from ops.watermark
    where watermark.name = 'dm.lead_state/leads'
)

select
    pipeline.pipeline_id,
    days.read_from,
    days.last_day,
    dds.day_start(days.last_day + 1, current_setting('rental.business_tz'))
        as end_moment,
    greatest(
        days.read_from,
        (select max(changed_lead.change_seq) from dds.changed_lead)
    ) as read_to,
    format(
        '%s, pipeline %s', current_setting('rental.business_tz'), pipeline.pipeline_id
    ) as settings,
    format(
        '%s, pipeline %s', current_setting('rental.business_tz'), pipeline.pipeline_id
    ) is distinct from days.settings_before as is_reset
from pipeline
cross join days;

analyze reading;

-- What was counted by other settings is no help.
delete from dm.lead_state
where (select reading.is_reset from reading);

delete from dm.lead_visit
where (select reading.is_reset from reading);

delete from dm.lead_funnel_day
where (select reading.is_reset from reading);

delete from dm.stage_move_count
where (select reading.is_reset from reading);

delete from dm.stage_visit_count
where (select reading.is_reset from reading);

delete from dm.stage_dwell_count
where (select reading.is_reset from reading);

delete from dm.client_value
where (select reading.is_reset from reading);

delete from dm.cancellations
where (select reading.is_reset from reading);

delete from dm.lead_time_count
where (select reading.is_reset from reading);

create temporary table changed_statuses on commit drop as
with stages as (
    select
        dict_status_leads.status_id,
        dict_status_leads.stage::dm.stage as stage
    from dict.dict_status_leads
    inner join reading on dict_status_leads.pipeline_id = reading.pipeline_id
)

select
    status_id,
    stages.stage,
    coalesce(
        stages.stage, dict.unknown_status_stage(status_id)::dm.stage
    ) is distinct from coalesce(
        status_stage.stage, dict.unknown_status_stage(status_id)::dm.stage
    ) as is_other_stage
from stages
full join dm.status_stage using (status_id)
where stages.stage is distinct from status_stage.stage;

delete from dm.status_stage
using changed_statuses
where status_stage.status_id = changed_statuses.status_id;

insert into dm.status_stage (status_id, stage)
select
    changed_statuses.status_id,
    changed_statuses.stage
from changed_statuses
where changed_statuses.stage is not null;

delete from changed_statuses
where not changed_statuses.is_other_stage;

create temporary table changed_leads on commit drop as
select noted.lead_id as id
from reading
cross join lateral dds.leads_noted(reading.read_from, reading.read_to) as noted (lead_id)
where not (select reading.is_reset from reading)
union
select lead_state.lead_id
from dm.lead_state
where lead_state.next_day <= (select reading.last_day from reading)
union
select fact_lead_status_change.lead_id
from dds.fact_lead_status_change
inner join reading
    on reading.pipeline_id in (
        fact_lead_status_change.from_pipeline_id,
        fact_lead_status_change.to_pipeline_id
    )
where
    (select exists (select from changed_statuses))
    and (
        fact_lead_status_change.from_status_id in (
            select changed_statuses.status_id
            from changed_statuses
        )
        or fact_lead_status_change.to_status_id in (
            select changed_statuses.status_id
            from changed_statuses
        )
    )
union
select fact_rentals.lead_id
from dds.fact_rentals
where (select reading.is_reset from reading)
union
select fact_lead_status_change.lead_id
from dds.fact_lead_status_change
where (select reading.is_reset from reading);

alter table changed_leads add primary key (id);
analyze changed_leads;

select count(*) as rows_read
from changed_leads;
