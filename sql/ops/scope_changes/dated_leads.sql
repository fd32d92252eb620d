-- What:  lets checks name the leads whose dates the calendar has taken in, also where there are
--        none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists dated_leads (
    id bigint not null
) on commit drop;

select exists (select from dated_leads)::integer as dated_leads;
