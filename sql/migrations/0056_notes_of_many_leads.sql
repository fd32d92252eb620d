-- What:  notes the leads that a merge wrote differently in one row, and not in one for each
-- Data:  notes that marts have not taken in yet stay, under their numbers

alter table dds.changed_lead
alter column lead_id type bigint[] using array[lead_id];

alter table dds.changed_lead
rename column lead_id to lead_ids;

-- Never read but whole, and soon gone: to compress it would cost more than it spares.
alter table dds.changed_lead
alter column lead_ids set storage external;

comment on table dds.changed_lead is 'One row per merge that wrote leads differently: their versions in ods.ods_leads_hist, their rows of dds.fact_lead_status_change or those of dds.fact_rentals; written in the merge''s own transaction, removed once every mart and the calendar have taken it in';
comment on column dds.changed_lead.lead_ids is 'The leads; one may be named twice';

create or replace function dds.note_changed_leads(lead_ids bigint[])
returns bigint
language plpgsql
as $$
begin
    if cardinality(lead_ids) = 0 then
        return 0;
    end if;

    perform ops.lock_watermarks('dds.changed_lead');

    -- What was never built takes everything in: the first load needs no log.
    insert into dds.changed_lead (lead_ids)
    select note_changed_leads.lead_ids
    where
        exists (
            select
            from ops.watermark
            where
                (
                    watermark.name like 'dm.%/leads'
                    or watermark.name = 'dds.dim_date/leads'
                )
                and watermark.settings is not null
        );
    return case when found then cardinality(lead_ids) else 0 end;
end;
$$;

comment on function dds.note_changed_leads(bigint[]) is 'Notes in dds.changed_lead that these leads were written differently, where a mart or the calendar has been built that reads it; returns how many it notes';

create function dds.leads_noted(after_seq bigint, last_seq bigint)
returns setof bigint
language sql
stable
as $$
    select unnest(changed_lead.lead_ids)
    from dds.changed_lead
    where
        changed_lead.change_seq > after_seq
        and changed_lead.change_seq <= last_seq
$$;

comment on function dds.leads_noted(bigint, bigint) is 'The leads that merges have noted in dds.changed_lead after one note and up to another, as often as they did';

comment on function dds.forget_changed_leads() is 'Removes from dds.changed_lead what every mart and the calendar have taken in; one that was never built needs none. Returns how many notes';
