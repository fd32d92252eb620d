-- What:  makes the stage table of the dictionary what the CRM lists now, touching only differences
-- Grain: one row per (pipeline, status)
-- Reads: $1 the listing as the text of a JSON array, $2 run id, $3 load date

with listed_statuses as (
    select statuses.*
    from
        jsonb_populate_recordset(
            null::dict.dict_status_leads_stg, $1::text::jsonb
        ) as statuses
),

removed_statuses as (
    delete from dict.dict_status_leads_stg
    where
        not exists (
            select
            from listed_statuses
            where
                listed_statuses.pipeline_id = dict_status_leads_stg.pipeline_id
                and listed_statuses.status_id = dict_status_leads_stg.status_id
        )
    returning 1
),

written_statuses as (
    insert into dict.dict_status_leads_stg (
        pipeline_id, status_id, pipeline_name, status_name, status_sort,
        is_archive, run_id, load_date
    )
    select
        listed_statuses.pipeline_id,
        listed_statuses.status_id,
        listed_statuses.pipeline_name,
        listed_statuses.status_name,
        listed_statuses.status_sort,
        listed_statuses.is_archive,
        $2::uuid as run_id,
        $3::date as load_date
    from listed_statuses
    on conflict (pipeline_id, status_id) do update
    set
        pipeline_name = excluded.pipeline_name,
        status_name = excluded.status_name,
        status_sort = excluded.status_sort,
        is_archive = excluded.is_archive,
        run_id = excluded.run_id,
        load_date = excluded.load_date
    where
        to_jsonb(dict_status_leads_stg) - array['run_id', 'load_date']
        is distinct from to_jsonb(excluded) - array['run_id', 'load_date']
    returning 1
)

select
    (select count(*) from listed_statuses) as rows_read,
    (select count(*) from written_statuses)
    + (select count(*) from removed_statuses) as rows_written,
    (select count(*) from removed_statuses) as statuses_removed;
