-- What:  the status changes of a lead, oldest first, with the bounds between which each lies
-- Grain: one row per change
-- Reads: dds.fact_lead_status_change, dds.dim_status, $1 the lead
select
    fact_lead_status_change.change_ts,
    fact_lead_status_change.earliest_ts,
    fact_lead_status_change.latest_ts,
    fact_lead_status_change.from_pipeline_id,
    fact_lead_status_change.from_status_id,
    from_status.status_name as from_status,
    fact_lead_status_change.to_pipeline_id,
    fact_lead_status_change.to_status_id,
    to_status.status_name as to_status,
    fact_lead_status_change.dwell_seconds,
    fact_lead_status_change.source
from dds.fact_lead_status_change
left join dds.dim_status as from_status
    on
        fact_lead_status_change.from_pipeline_id = from_status.pipeline_id
        and fact_lead_status_change.from_status_id = from_status.status_id
left join dds.dim_status as to_status
    on
        fact_lead_status_change.to_pipeline_id = to_status.pipeline_id
        and fact_lead_status_change.to_status_id = to_status.status_id
where fact_lead_status_change.lead_id = $1::bigint
order by
    fact_lead_status_change.change_ts,
    fact_lead_status_change.from_status_id,
    fact_lead_status_change.to_status_id;
