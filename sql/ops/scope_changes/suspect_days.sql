-- What:  lets checks name the days that ../scope_days.sql lets through, before it fills them in
-- Grain: one row
-- Reads: nothing

create temporary table if not exists suspect_days (
    like dds.fact_fleet_usage_day
) on commit drop;

select exists (select from suspect_days)::integer as suspect_days;
