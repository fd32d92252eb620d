-- What:  brings dim_status up to the dictionary and to every status that a lead ever had
-- Grain: one row per (pipeline, status)
-- Reads: dict.dict_status_leads, unknown_statuses and progress (of unknown_statuses.sql)
--
-- A status that the dictionary lacks would leave facts without their dimension: it gets
-- a row that says so, until the dictionary knows it.

create temporary table desired_statuses (
    like dds.dim_status
) on commit drop;

insert into desired_statuses (
    pipeline_id, status_id, pipeline_name, status_name, stage, status_sort,
    is_archive, load_date
)
select
    dict_status_leads.pipeline_id,
    dict_status_leads.status_id,
    dict_status_leads.pipeline_name,
    dict_status_leads.status_name,
    dict_status_leads.stage,
    dict_status_leads.status_sort,
    dict_status_leads.is_archive,
    current_setting('rental.logical_date')::date as load_date
from dict.dict_status_leads
union all
select
    unknown_statuses.pipeline_id,
    unknown_statuses.status_id,
    unknown_statuses.pipeline_name,
    dict.unknown_status_name(unknown_statuses.status_id) as status_name,
    dict.unknown_status_stage(unknown_statuses.status_id) as stage,
    0 as status_sort,
    false as is_archive,
    current_setting('rental.logical_date')::date as load_date
from unknown_statuses;

create temporary table status_changes on commit drop as
select
    desired_statuses.pipeline_id,
    desired_statuses.status_id,
    dim_status.status_id is null as is_new
from desired_statuses
left join dds.dim_status
    on
        desired_statuses.pipeline_id = dim_status.pipeline_id
        and desired_statuses.status_id = dim_status.status_id
where
    to_jsonb(dim_status) - 'load_date'
    is distinct from to_jsonb(desired_statuses) - 'load_date';

delete from dds.dim_status
using status_changes
where
    dim_status.pipeline_id = status_changes.pipeline_id
    and dim_status.status_id = status_changes.status_id;

insert into dds.dim_status
select desired_statuses.*
from desired_statuses
inner join status_changes
    on
        desired_statuses.pipeline_id = status_changes.pipeline_id
        and desired_statuses.status_id = status_changes.status_id;

select ops.finish_reading(progress.name, progress.read_to, null, null)
from progress;

select
    (select count(*) from dict.dict_status_leads) as rows_read,
    count(*) as rows_written,
    count(*) filter (where status_changes.is_new) as statuses_inserted,
    count(*) filter (where not status_changes.is_new) as statuses_updated
from status_changes;
