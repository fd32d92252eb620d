-- What:  lets rentals keep the first confirmation that they have found
-- Data:  those of leads of which something landed since are found anew

create table dds.fact_rentals_pending (
    lead_ids bigint[] not null
);

comment on table dds.fact_rentals_pending is 'One row per merge of changes of status: the leads that did not simply go on, whose first confirmation fact_rentals finds anew. Written in the transaction of that merge, emptied by the one of fact_rentals';
comment on column dds.fact_rentals_pending.lead_ids is 'The leads; several merges may name one';

-- Never read but whole, and soon gone: to compress it would cost more than it spares.
alter table dds.fact_rentals_pending
alter column lead_ids set storage external;

-- What was merged of them since rentals were, nobody has noted.
insert into dds.fact_rentals_pending (lead_ids)
select
    array(
        select stg_leads.id
        from stg.stg_leads
        inner join ops.watermark
            on
                watermark.name = 'dds.fact_rentals'
                and stg_leads.landed_seq > watermark.position
        union
        select stg_lead_events.lead_id
        from stg.stg_lead_events
        inner join ops.watermark
            on
                watermark.name = 'dds.fact_rentals/events'
                and stg_lead_events.landed_seq > watermark.position
    )
where exists (select from dds.fact_rentals);
