-- What:  lets checks name the cars that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_cars (
    id bigint not null
) on commit drop;

select exists (select from changed_cars)::integer as cars;
