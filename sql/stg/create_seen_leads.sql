-- What:  makes room for the ids that a read of all leads shows
-- Grain: one row
-- Reads: nothing

create temporary table seen_leads (
    id bigint not null,
    constraint seen_leads_pkey primary key (id)
) on commit drop;

select 0 as leads;
