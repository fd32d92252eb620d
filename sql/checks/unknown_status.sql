-- What:  warn: statuses that a lead had and the dictionary does not know
-- Grain: one row per (pipeline, status), named after the status
-- Reads: dds.dim_status, dict.dict_status_leads
-- Scope: everything
-- After: merge_dim_status: dds.dim_status
--
-- Why: without its name a status has no stage, so its rentals count neither as bookings
-- nor as cancelled, unless it is 142 or 143. The dictionary is read after the leads and
-- keeps what the CRM no longer lists: most often the status was deleted before the first
-- run. A pipeline has few statuses, so all are looked at each time.

select
    dim_status.status_id as id,
    'of pipeline ' || dim_status.pipeline_id || ', stage ' || dim_status.stage
        as detail
from dds.dim_status
where
    not exists (
        select
        from dict.dict_status_leads
        where
            dict_status_leads.pipeline_id = dim_status.pipeline_id
            and dict_status_leads.status_id = dim_status.status_id
    );
