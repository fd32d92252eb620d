-- What:  lets checks name the leads that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_leads (
    id bigint not null
) on commit drop;

select exists (select from changed_leads)::integer as leads;
