-- What:  the dictionary of pipelines and statuses, and the rules that class statuses into stages

create table dict.dict_status_leads_stg (
    pipeline_id bigint not null,
    status_id bigint not null,
    pipeline_name text not null,
    status_name text not null,
    status_sort integer not null,
    is_archive boolean not null,
    run_id uuid not null,
    load_date date not null,
    constraint dict_status_leads_stg_pkey primary key (pipeline_id, status_id)
);

comment on table dict.dict_status_leads_stg is 'Pipelines and statuses as the CRM listed them last: one row per (pipeline, status)';

create sequence dict.dict_status_leads_changed_seq;

create table dict.dict_status_leads (
    pipeline_id bigint not null,
    status_id bigint not null,
    pipeline_name text not null,
    status_name text not null,
    stage text not null,
    status_sort integer not null,
    is_archive boolean not null,
    load_date date not null,
    changed_seq bigint not null default nextval('dict.dict_status_leads_changed_seq'),
    constraint dict_status_leads_pkey primary key (pipeline_id, status_id)
);

create index dict_status_leads_by_changed_seq on dict.dict_status_leads (changed_seq);

comment on table dict.dict_status_leads is 'One row per (pipeline, status); 142 (won) and 143 (lost) exist in every pipeline. A status that the CRM no longer lists stays';
comment on column dict.dict_status_leads.stage is 'Our own class of the status, by the first rule of dict.dict_stage_rule that matches';

create table dict.dict_stage_rule (
    priority integer not null,
    status_id bigint,
    name_pattern text not null,
    stage text not null,
    constraint dict_stage_rule_pkey primary key (priority),
    constraint dict_stage_rule_stage_known check (
        stage in (
            'inquiry', 'quote', 'deposit', 'confirmed', 'on_rent', 'returned', 'closed', 'cancelled',
            'other'
        )
    )
);

comment on table dict.dict_stage_rule is 'Rules from status name to stage, lowest priority number first; edit freely, the next run of the dictionary applies them';
comment on column dict.dict_stage_rule.name_pattern is 'LIKE pattern for the status name, compared without regard to case';
comment on column dict.dict_stage_rule.status_id is 'When given, the rule holds for this status id only';

insert into dict.dict_stage_rule (priority, status_id, name_pattern, stage)
values
    (100, null, '%cancel%', 'cancelled'),
    (110, null, '%no-show%', 'cancelled'),
    (120, null, '%no show%', 'cancelled'),
    (200, null, '%inquiry%', 'inquiry'),
    (210, null, '%enquiry%', 'inquiry'),
    (300, null, '%quote%', 'quote'),
    (400, null, '%deposit%', 'deposit'),
    (500, null, '%confirmed%', 'confirmed'),
    (600, null, '%on rent%', 'on_rent'),
    (700, null, '%returned%', 'returned'),
    (800, null, 'closed%', 'closed'),
    (900, 142, '%', 'closed'),
    (910, 143, '%', 'cancelled');

create function dict.rental_pipeline_id(pipeline text)
returns bigint
language plpgsql
stable
as $$
declare
    ids bigint[];
    listed_ids bigint[];
begin
    select
        array_agg(distinct dict_status_leads.pipeline_id),
        array_agg(distinct dict_status_leads.pipeline_id)
            filter (where dict_status_leads_stg.pipeline_id is not null)
    into ids, listed_ids
    from dict.dict_status_leads
    left join dict.dict_status_leads_stg
        on dict_status_leads.pipeline_id = dict_status_leads_stg.pipeline_id
    where
        dict_status_leads.pipeline_id::text = btrim(pipeline)
        or lower(btrim(dict_status_leads.pipeline_name)) = lower(btrim(pipeline));

    -- A pipeline that the CRM no longer lists may share its name with its successor.
    if cardinality(ids) > 1 then
        ids := listed_ids;
    end if;
    if cardinality(ids) = 1 then
        return ids[1];
    end if;
    raise exception 'Cannot find the rental pipeline "%" in dict.dict_status_leads: % found, expected one: check AMO_PIPELINE and run daily_build_dict_status_leads',
        pipeline, coalesce(cardinality(ids), 0)
        using errcode = 'no_data_found';
end;
$$;

comment on function dict.rental_pipeline_id(text) is 'The id of the pipeline with this name or id; an error unless there is exactly one';
