-- What:  lets checks name what is stored of the days of cars that changed, also where there are
--        none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_days (
    like dds.fact_fleet_usage_day
) on commit drop;

select exists (select from changed_days)::integer as days;
