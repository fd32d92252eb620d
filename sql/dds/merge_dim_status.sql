-- What:  brings dim_status up to the dictionary
-- Grain: one row per (pipeline, status)
-- Reads: dict.dict_status_leads

create temporary table merge_counts (
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with written_statuses as (
    insert into dds.dim_status (
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
    on conflict (pipeline_id, status_id) do update
    set
        pipeline_name = excluded.pipeline_name,
        status_name = excluded.status_name,
        stage = excluded.stage,
        status_sort = excluded.status_sort,
        is_archive = excluded.is_archive,
        load_date = excluded.load_date
    where
        row(
            dim_status.pipeline_name, dim_status.status_name, dim_status.stage,
            dim_status.status_sort, dim_status.is_archive
        ) is distinct from row(
            excluded.pipeline_name, excluded.status_name, excluded.stage,
            excluded.status_sort, excluded.is_archive
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning dim_status.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_statuses.is_new),
    count(*) filter (where not written_statuses.is_new)
from written_statuses;

select
    (select count(*) from dict.dict_status_leads) as rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as statuses_inserted,
    merge_counts.updated as statuses_updated
from merge_counts;
