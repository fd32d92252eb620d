-- What:  lets checks name what is stored of the first statuses that changed, also where the task
--        had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_first_statuses (
    like dds.lead_first_status
) on commit drop;

select exists (select from changed_first_statuses)::integer as first_statuses;
