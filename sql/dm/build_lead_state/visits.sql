-- What:  the ways of the changed leads through the stages, and which visits they now count for
-- Grain: lead_changes: a change of status of a changed lead; visit_changes: a visit that counts
--        now and did not (visits above 0), or did and does not (below)
-- Reads: changed_leads and reading (of reading.sql), dds.fact_lead_status_change,
--        dm.status_stage, dm.lead_visit

-- What an event finds a gap before it ends began nobody knows when.
create temporary table gaps on commit drop as
select distinct
    fact_lead_status_change.lead_id,
    fact_lead_status_change.change_ts,
    fact_lead_status_change.to_pipeline_id,
    fact_lead_status_change.to_status_id
from dds.fact_lead_status_change
inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
where fact_lead_status_change.source = 'gap';

analyze gaps;

create temporary table lead_changes on commit drop as
select
    fact_lead_status_change.lead_id,
    coalesce(fact_lead_status_change.dwell_seconds, 0) as dwell_seconds,
    case
        when fact_lead_status_change.from_pipeline_id = reading.pipeline_id
            then coalesce(
                from_stages.stage,
                dict.unknown_status_stage(
                    fact_lead_status_change.from_status_id
                )::dm.stage
            )
        else 'outside'
    end as from_stage,
    case
        when fact_lead_status_change.to_pipeline_id = reading.pipeline_id
            then coalesce(
                to_stages.stage,
                dict.unknown_status_stage(
                    fact_lead_status_change.to_status_id
                )::dm.stage
            )
        else 'outside'
    end as to_stage,
    fact_lead_status_change.source = 'event' as is_event,
    fact_lead_status_change.source <> 'event' or gaps.lead_id is null as is_timed,
    fact_lead_status_change.change_ts < reading.end_moment as is_past,
    fact_lead_status_change.change_ts
from dds.fact_lead_status_change
cross join reading
inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
left join dm.status_stage as from_stages
    on fact_lead_status_change.from_status_id = from_stages.status_id
left join dm.status_stage as to_stages
    on fact_lead_status_change.to_status_id = to_stages.status_id
left join gaps
    on
        fact_lead_status_change.lead_id = gaps.lead_id
        and fact_lead_status_change.change_ts = gaps.change_ts
        and fact_lead_status_change.from_pipeline_id = gaps.to_pipeline_id
        and fact_lead_status_change.from_status_id = gaps.to_status_id;

analyze lead_changes (lead_id);

-- Leads can make the same change twice in a second: visits are compared by their number.
create temporary table visit_changes on commit drop as
with sides as (
    select
        lead_changes.lead_id,
        lead_changes.dwell_seconds,
        lead_changes.from_stage,
        lead_changes.to_stage,
        lead_changes.is_event,
        lead_changes.is_timed,
        lead_changes.change_ts,
        1 as visits
    from lead_changes
    where
        lead_changes.is_past
        and (lead_changes.from_stage <> 'outside' or lead_changes.to_stage <> 'outside')
    union all
    select
        lead_visit.lead_id,
        lead_visit.dwell_seconds,
        lead_visit.from_stage,
        lead_visit.to_stage,
        lead_visit.is_event,
        lead_visit.is_timed,
        lead_visit.change_ts,
        -1 as visits
    from dm.lead_visit
    inner join changed_leads on lead_visit.lead_id = changed_leads.id
)

select sides.*
from sides
where (select reading.is_reset from reading)
union all
select
    sides.lead_id,
    sides.dwell_seconds,
    sides.from_stage,
    sides.to_stage,
    sides.is_event,
    sides.is_timed,
    sides.change_ts,
    sum(sides.visits)::integer as visits
from sides
where not (select reading.is_reset from reading)
group by
    sides.lead_id, sides.dwell_seconds, sides.from_stage, sides.to_stage,
    sides.is_event, sides.is_timed, sides.change_ts
having sum(sides.visits) <> 0;

analyze visit_changes;

create temporary table changed_visitors on commit drop as
select distinct visit_changes.lead_id
from visit_changes;

analyze changed_visitors;

select count(*) as leads_moved
from changed_visitors;
