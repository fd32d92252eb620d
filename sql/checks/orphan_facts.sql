-- What:  error: facts whose car, client or status is in no dimension
-- Grain: one row per fact (fleet usage: car) and missing member
-- Reads: every fact, dds.dim_car, dds.dim_client, dds.dim_status, stg.stg_cars,
--        stg.stg_clients, stg.stg_leads, dict.dict_status_leads, ops.watermark, changed_*
-- After: merge_fact_lead_status_change: dds.fact_lead_status_change
-- After: merge_fact_rentals: dds.fact_rentals
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: reports join facts to dimensions, so an orphan would be left out of every sum.
-- What is not known has the member 0. A member that landed after the dimensions were
-- built is on its way and no orphan: the run of the next date may be ahead of this one.

with references_to_members as (
    select
        fact_rentals.lead_id as id,
        fact_rentals.car_id,
        fact_rentals.client_id
    from dds.fact_rentals
    inner join changed_leads on fact_rentals.lead_id = changed_leads.id
    where current_setting('rental.checked_table') = 'dds.fact_rentals'
    union all
    select
        changed_cars.id,
        changed_cars.id as car_id,
        null as client_id
    from changed_cars
    where
        current_setting('rental.checked_table') = 'dds.fact_fleet_usage_day'
        and exists (
            select
            from dds.fact_fleet_usage_day
            where fact_fleet_usage_day.car_id = changed_cars.id
        )
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

status_references as (
    select
        fact_rentals.lead_id as id,
        fact_rentals.pipeline_id,
        fact_rentals.status_id
    from dds.fact_rentals
    inner join changed_leads on fact_rentals.lead_id = changed_leads.id
    where
        current_setting('rental.checked_table') = 'dds.fact_rentals'
        and fact_rentals.status_id is not null
    union
    select
        fact_lead_status_change.lead_id as id,
        status.pipeline_id,
        status.status_id
    from dds.fact_lead_status_change
    inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
    cross join lateral (
        values
        (
            fact_lead_status_change.from_pipeline_id,
            fact_lead_status_change.from_status_id
        ),
        (
            fact_lead_status_change.to_pipeline_id,
            fact_lead_status_change.to_status_id
        )
    ) as status (pipeline_id, status_id)
    where
        current_setting('rental.checked_table') = 'dds.fact_lead_status_change'
),

statuses_on_their_way as (
    select
        stg_leads.pipeline_id,
        stg_leads.status_id
    from stg.stg_leads
    where
        stg_leads.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_status'
        )
    union
    select
        dict_status_leads.pipeline_id,
        dict_status_leads.status_id
    from dict.dict_status_leads
    where
        dict_status_leads.changed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.dim_status/statuses'
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
    )
union all
select
    status_references.id,
    'status ' || status_references.status_id || ' of pipeline '
    || status_references.pipeline_id || ' is in no dimension' as detail
from status_references
where
    not exists (
        select
        from dds.dim_status
        where
            dim_status.pipeline_id = status_references.pipeline_id
            and dim_status.status_id = status_references.status_id
    )
    and not exists (
        select
        from statuses_on_their_way
        where
            statuses_on_their_way.pipeline_id = status_references.pipeline_id
            and statuses_on_their_way.status_id = status_references.status_id
    );
