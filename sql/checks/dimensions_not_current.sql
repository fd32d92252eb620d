-- What:  error: cars and clients whose dimension row does not follow from the history
-- Grain: one row per car or client
-- Reads: dds.dim_car, dds.dim_client, ods.ods_cars_hist, ods.ods_clients_hist,
--        stg.stg_cars, stg.stg_clients, ops.watermark, changed_*
-- Scope: changed_cars, changed_clients
-- After: merge_dim_car: dds.dim_car
-- After: merge_dim_client: dds.dim_client
--
-- Why: facts of a car that the dimension lacks are left out of every report, and a sold
-- car that counts as live spoils the utilisation of the fleet.

with members as (
    select
        changed_cars.id,
        dim_car.car_id is not null as is_member,
        dim_car.is_deleted,
        history.is_open is not null as has_history,
        history.is_open
    from changed_cars
    left join dds.dim_car on changed_cars.id = dim_car.car_id
    left join lateral (
        select bool_or(ods_cars_hist.is_current) as is_open
        from ods.ods_cars_hist
        where ods_cars_hist.id = changed_cars.id
    ) as history on true
    where
        current_setting('rental.checked_table') = 'dds.dim_car'
        -- By hand this may run between the merge of the history and this one.
        and not exists (
            select
            from stg.stg_cars
            where
                stg_cars.id = changed_cars.id
                and stg_cars.landed_seq > (
                    select watermark.position
                    from ops.watermark
                    where watermark.name = 'dds.dim_car'
                )
        )
    union all
    select
        changed_clients.id,
        dim_client.client_id is not null as is_member,
        dim_client.is_deleted,
        history.is_open is not null as has_history,
        history.is_open
    from changed_clients
    left join dds.dim_client on changed_clients.id = dim_client.client_id
    left join lateral (
        select bool_or(ods_clients_hist.is_current) as is_open
        from ods.ods_clients_hist
        where ods_clients_hist.id = changed_clients.id
    ) as history on true
    where
        current_setting('rental.checked_table') = 'dds.dim_client'
        and not exists (
            select
            from stg.stg_clients
            where
                stg_clients.id = changed_clients.id
                and stg_clients.landed_seq > (
                    select watermark.position
                    from ops.watermark
                    where watermark.name = 'dds.dim_client'
                )
        )
)

select
    members.id,
    case
        when not members.is_member then 'in the history, not in the dimension'
        when not members.has_history then 'in the dimension, not in the history'
        when members.is_deleted then 'deleted in the dimension, live in the history'
        else 'live in the dimension, deleted in the history'
    end as detail
from members
where
    members.is_member <> members.has_history
    or members.is_deleted = members.is_open;
