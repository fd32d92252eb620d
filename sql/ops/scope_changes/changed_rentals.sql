-- What:  lets checks name what is stored of the leads that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_rentals (
    like dds.fact_rentals
) on commit drop;

select exists (select from changed_rentals)::integer as rentals;
