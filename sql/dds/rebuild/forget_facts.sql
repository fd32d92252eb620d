-- What:  lets the next merges compute all dimensions and facts, and compare them with those that
--        are there
-- Grain: ops.watermark: the readers of dds; dds.dim_car, dds.dim_client, dds.dim_date,
--        dds.unresolved_link: rows that no merge would look at
-- Reads: ods.ods_cars_hist, ods.ods_clients_hist, dds.fact_rentals

delete from dds.dim_car
where
    dim_car.car_id <> 0
    and not exists (
        select
        from ods.ods_cars_hist
        where ods_cars_hist.id = dim_car.car_id
    );

delete from dds.dim_client
where
    dim_client.client_id <> 0
    and not exists (
        select
        from ods.ods_clients_hist
        where ods_clients_hist.id = dim_client.client_id
    );

delete from dds.dim_date;

delete from dds.unresolved_link
where
    not exists (
        select
        from dds.fact_rentals
        where fact_rentals.lead_id = unresolved_link.lead_id
    );

update ops.watermark
set
    position = 0,
    settings = null,
    changed_at = clock_timestamp()
where
    watermark.name like 'dds.%'
    and watermark.name not like 'dds.changed%';

select count(*) as readers
from ops.watermark
where watermark.name like 'dds.%';
