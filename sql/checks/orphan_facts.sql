-- What:  error: facts whose car or client is in no dimension
-- Grain: one row per fact (fleet usage: car) and missing member
-- Reads: changed_rentals (what dds.fact_rentals has of changed_leads), changed_cars,
--        dds.fact_fleet_usage_day, dds.dim_car, dds.dim_client, stg.stg_cars, stg.stg_clients,
--        ops.watermark
-- Scope: changed_leads, changed_cars
-- After: merge_fact_rentals: dds.fact_rentals
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: reports join facts to dimensions, so an orphan would be left out of every sum.
-- What is not known has the member 0. A member that landed after the dimensions were
-- built is on its way and no orphan: the run of the next date may be ahead of this one.

with references_to_members as (
    select
        changed_rentals.lead_id as id,
        changed_rentals.car_id,
        changed_rentals.client_id
    from changed_rentals
    where current_setting('rental.checked_table') = 'dds.fact_rentals'
    union all
    select
        changed_cars.id,
        changed_cars.id as car_id,
        null as client_id
    from (
        -- Known cars are no orphans, and need not be looked for among the days.
        select changed_cars.id
        from changed_cars
        where
            current_setting('rental.checked_table') = 'dds.fact_fleet_usage_day'
            and not exists (
                select
                from dds.dim_car
                where dim_car.car_id = changed_cars.id
            )
        offset 0
    ) as changed_cars
    -- One look into the index per car, where a semi join would read the days of all cars; by
    -- its order, as the planner would look for any day among those of few cars, which lie
    -- together, from the first on.
    cross join lateral (
        select
        from dds.fact_fleet_usage_day
        where fact_fleet_usage_day.car_id = changed_cars.id
        order by fact_fleet_usage_day.usage_date
        limit 1
    ) as any_day
),

cars_on_their_way as (
    select stg_cars.id
    from stg.stg_cars
    where
        stg_cars.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_car'
        )
),

clients_on_their_way as (
    select stg_clients.id
    from stg.stg_clients
    where
        stg_clients.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_client'
        )
)

select
    references_to_members.id,
    'car ' || references_to_members.car_id || ' is in no dimension' as detail
from references_to_members
where
    not exists (
        select
        from dds.dim_car
        where dim_car.car_id = references_to_members.car_id
    )
    and not exists (
        select
        from cars_on_their_way
        where cars_on_their_way.id = references_to_members.car_id
    )
union all
select
    references_to_members.id,
    'client ' || references_to_members.client_id || ' is in no dimension' as detail
from references_to_members
where
    references_to_members.client_id is not null
    and not exists (
        select
        from dds.dim_client
        where dim_client.client_id = references_to_members.client_id
    )
    and not exists (
        select
        from clients_on_their_way
        where clients_on_their_way.id = references_to_members.client_id
    );
