-- What:  error: facts whose car or client is in no dimension
-- Grain: one row per fact and missing member
-- Reads: dds.fact_rentals, dds.fact_fleet_usage_day, dds.dim_car, dds.dim_client
--
-- Why: reports join facts to dimensions, so an orphan would be left out of every sum. What is not
-- known has the member 0. A status that the dictionary does not know is counted by its own warning.

select
    'dds.fact_rentals' as table_name,
    fact_rentals.lead_id as id,
    'car ' || fact_rentals.car_id as missing
from dds.fact_rentals
where
    not exists (
        select
        from dds.dim_car
        where dim_car.car_id = fact_rentals.car_id
    )
union all
select
    'dds.fact_rentals' as table_name,
    fact_rentals.lead_id as id,
    'client ' || fact_rentals.client_id as missing
from dds.fact_rentals
where
    not exists (
        select
        from dds.dim_client
        where dim_client.client_id = fact_rentals.client_id
    )
union all
select
    'dds.fact_fleet_usage_day' as table_name,
    fact_fleet_usage_day.car_id as id,
    'car ' || fact_fleet_usage_day.car_id as missing
from dds.fact_fleet_usage_day
where
    not exists (
        select
        from dds.dim_car
        where dim_car.car_id = fact_fleet_usage_day.car_id
    )
group by fact_fleet_usage_day.car_id;
