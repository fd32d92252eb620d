-- What:  brings the dictionary of pipelines and statuses up to the latest listing
-- Grain: one row per (pipeline, status)
-- Reads: dict.dict_status_leads_stg, dict.dict_stage_rule
--
-- A status that the CRM no longer lists keeps its row (old leads still name it), and
-- every row is classed anew, so an edited rule reaches it too.

-- Facts lock the same row before they read what changed: none of it is passed over.
select ops.lock_watermarks('dict.dict_status_leads');

create temporary table desired_statuses (
    like dict.dict_status_leads including defaults
) on commit drop;

insert into desired_statuses (
    pipeline_id, status_id, pipeline_name, status_name, stage, status_sort,
    is_archive, load_date
)
select
    dict_status_leads_stg.pipeline_id,
    dict_status_leads_stg.status_id,
    dict_status_leads_stg.pipeline_name,
    dict_status_leads_stg.status_name,
    'other' as stage,
    dict_status_leads_stg.status_sort,
    dict_status_leads_stg.is_archive,
    current_setting('rental.logical_date')::date as load_date
from dict.dict_status_leads_stg;

insert into desired_statuses
select dict_status_leads.*
from dict.dict_status_leads
where
    not exists (
        select
        from dict.dict_status_leads_stg
        where
            dict_status_leads_stg.pipeline_id = dict_status_leads.pipeline_id
            and dict_status_leads_stg.status_id = dict_status_leads.status_id
    );

update desired_statuses
set
    load_date = current_setting('rental.logical_date')::date,
    changed_seq = default,
    stage = coalesce(
        (
            select dict_stage_rule.stage
            from dict.dict_stage_rule
            where
                lower(desired_statuses.status_name)
                like lower(dict_stage_rule.name_pattern)
                and coalesce(
                    dict_stage_rule.status_id, desired_statuses.status_id
                ) = desired_statuses.status_id
            order by dict_stage_rule.priority
            limit 1
        ),
        'other'
    );

create temporary table status_changes on commit drop as
select
    desired_statuses.pipeline_id,
    desired_statuses.status_id,
    dict_status_leads.status_id is null as is_new
from desired_statuses
left join dict.dict_status_leads
    on
        desired_statuses.pipeline_id = dict_status_leads.pipeline_id
        and desired_statuses.status_id = dict_status_leads.status_id
where
    to_jsonb(dict_status_leads) - array['load_date', 'changed_seq']
    is distinct from to_jsonb(desired_statuses) - array['load_date', 'changed_seq'];

delete from dict.dict_status_leads
using status_changes
where
    dict_status_leads.pipeline_id = status_changes.pipeline_id
    and dict_status_leads.status_id = status_changes.status_id;

insert into dict.dict_status_leads
select desired_statuses.*
from desired_statuses
inner join status_changes
    on
        desired_statuses.pipeline_id = status_changes.pipeline_id
        and desired_statuses.status_id = status_changes.status_id;

select
    (select count(*) from dict.dict_status_leads_stg) as rows_read,
    count(*) as rows_written,
    count(*) filter (where status_changes.is_new) as statuses_inserted,
    count(*) filter (where not status_changes.is_new) as statuses_updated,
    (
        select count(*)
        from dict.dict_status_leads
        where dict_status_leads.stage = 'other'
    ) as statuses_without_stage
from status_changes;
