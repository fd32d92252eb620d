-- What:  makes room for the rows of leads of one load, which come in any order
-- Grain: one row
-- Reads: nothing

create temporary table gathered_leads (
    id bigint not null,
    copy jsonb not null
) on commit drop;

select 0 as leads;
