-- What:  lets checks name what is stored of the leads that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

-- In parts, of which there are none: that takes no files, and no table for long values beside it.
create temporary table if not exists changed_rentals (
    like dds.fact_rentals
) partition by list (lead_id) on commit drop;

select exists (select from changed_rentals)::integer as rentals;
