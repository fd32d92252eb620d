-- What:  makes room for the rows of leads of one load, which come in any order
-- Grain: one row; gathered_leads: one row per row of a lead, numbered as they come
-- Reads: nothing

-- The key finds the leads that are taken next: without it each thousand of them would look
-- through all.
create temporary table gathered_leads (
    id bigint not null,
    place bigint generated always as identity,
    copy jsonb not null,
    primary key (id, place)
) on commit drop;

select 0 as leads;
