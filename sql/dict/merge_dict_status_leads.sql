-- What:  brings the dictionary of pipelines and statuses up to the latest listing
-- Grain: one row per (pipeline, status)
-- Reads: dict.dict_status_leads_stg, dict.dict_stage_rule
--
-- A status that the CRM no longer lists keeps its row (old leads still name it), and
-- every row is classed anew, so an edited rule reaches it too.

-- Facts lock the same row before they read what changed: none of it is passed over.
select ops.lock_watermarks('dict.dict_status_leads');

create temporary table merge_counts (
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with known_statuses as (
    select
        dict_status_leads_stg.pipeline_id,
        dict_status_leads_stg.status_id,
        dict_status_leads_stg.pipeline_name,
        dict_status_leads_stg.status_name,
        dict_status_leads_stg.status_sort,
        dict_status_leads_stg.is_archive
    from dict.dict_status_leads_stg
    union all
    select
        dict_status_leads.pipeline_id,
        dict_status_leads.status_id,
        dict_status_leads.pipeline_name,
        dict_status_leads.status_name,
        dict_status_leads.status_sort,
        dict_status_leads.is_archive
    from dict.dict_status_leads
    where
        not exists (
            select
            from dict.dict_status_leads_stg
            where
                dict_status_leads_stg.pipeline_id = dict_status_leads.pipeline_id
                and dict_status_leads_stg.status_id = dict_status_leads.status_id
        )
),

classed_statuses as (
    select
        known_statuses.*,
        coalesce(
            (
                select dict_stage_rule.stage
                from dict.dict_stage_rule
                where
                    lower(known_statuses.status_name)
                    like lower(dict_stage_rule.name_pattern)
                    and coalesce(
                        dict_stage_rule.status_id, known_statuses.status_id
                    ) = known_statuses.status_id
                order by dict_stage_rule.priority
                limit 1
            ),
            'other'
        ) as stage
    from known_statuses
),

written_statuses as (
    insert into dict.dict_status_leads (
        pipeline_id, status_id, pipeline_name, status_name, stage, status_sort,
        is_archive, load_date
    )
    select
        classed_statuses.pipeline_id,
        classed_statuses.status_id,
        classed_statuses.pipeline_name,
        classed_statuses.status_name,
        classed_statuses.stage,
        classed_statuses.status_sort,
        classed_statuses.is_archive,
        current_setting('rental.logical_date')::date as load_date
    from classed_statuses
    on conflict (pipeline_id, status_id) do update
    set
        pipeline_name = excluded.pipeline_name,
        status_name = excluded.status_name,
        stage = excluded.stage,
        status_sort = excluded.status_sort,
        is_archive = excluded.is_archive,
        load_date = excluded.load_date,
        changed_seq = excluded.changed_seq
    where
        row(
            dict_status_leads.pipeline_name, dict_status_leads.status_name,
            dict_status_leads.stage, dict_status_leads.status_sort,
            dict_status_leads.is_archive
        ) is distinct from row(
            excluded.pipeline_name, excluded.status_name,
            excluded.stage, excluded.status_sort,
            excluded.is_archive
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning dict_status_leads.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_statuses.is_new),
    count(*) filter (where not written_statuses.is_new)
from written_statuses;

select
    (select count(*) from dict.dict_status_leads_stg) as rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as statuses_inserted,
    merge_counts.updated as statuses_updated,
    (
        select count(*)
        from dict.dict_status_leads
        where dict_status_leads.stage = 'other'
    ) as statuses_without_stage
from merge_counts;
