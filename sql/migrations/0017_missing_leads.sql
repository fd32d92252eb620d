-- What:  what reads of leads hand over to one another: cursors, and leads that were not shown

create table ops.missing_lead (
    id bigint not null,
    scan_at timestamptz not null,
    constraint missing_lead_pkey primary key (id)
);

comment on table ops.missing_lead is 'Live leads of STG that the last read of all leads did not show, until the CRM has been asked for them';
comment on column ops.missing_lead.scan_at is 'When that read began, by the clock of the CRM';
