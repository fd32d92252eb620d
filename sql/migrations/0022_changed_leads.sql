-- What:  a log of the leads whose history, status changes or rental were written differently, for the marts
-- Data:  none is noted until a mart has been built, which takes everything in

create table dds.changed_lead (
    change_seq bigint generated always as identity,
    lead_id bigint not null,
    constraint changed_lead_pkey primary key (change_seq)
);

comment on table dds.changed_lead is 'One row per lead and merge that wrote it differently: its versions in ods.ods_leads_hist, its rows of dds.fact_lead_status_change or that of dds.fact_rentals; written in the merge''s own transaction, removed once every mart has taken it in';
comment on column dds.changed_lead.change_seq is 'Rises in commit order: a merge locks the row dds.changed_lead of ops.watermark before it notes anything, and so does a mart before it reads';

-- A mart that reads the log has a row dm.<mart>/leads: position is the last change_seq that it took in, and
-- settings are null until it was built.
insert into ops.watermark (name)
values ('dds.changed_lead');

create function dds.note_changed_leads(lead_ids bigint[])
returns bigint
language plpgsql
as $$
declare
    noted bigint;
begin
    if cardinality(lead_ids) = 0 then
        return 0;
    end if;

    perform ops.lock_watermarks('dds.changed_lead');

    -- A mart that was never built takes everything in: the first load needs no log.
    insert into dds.changed_lead (lead_id)
    select distinct leads.lead_id
    from unnest(lead_ids) as leads (lead_id)
    where
        exists (
            select
            from ops.watermark
            where watermark.name like 'dm.%/leads' and watermark.settings is not null
        );
    get diagnostics noted = row_count;
    return noted;
end;
$$;

comment on function dds.note_changed_leads(bigint[]) is 'Notes in dds.changed_lead that these leads were written differently, where a mart has been built that reads it; returns how many';

create function dds.forget_changed_leads()
returns bigint
language plpgsql
as $$
declare
    forgotten bigint;
begin
    delete from dds.changed_lead
    where
        not exists (
            select
            from ops.watermark
            where
                watermark.name like 'dm.%/leads'
                and watermark.settings is not null
                and watermark.position < changed_lead.change_seq
        );
    get diagnostics forgotten = row_count;
    return forgotten;
end;
$$;

comment on function dds.forget_changed_leads() is 'Removes from dds.changed_lead what every mart has taken in; a mart that was never built needs none. Returns how many rows';
