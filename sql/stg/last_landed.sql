-- What:  the newest row of each table of copies: by it a load knows its own rows
-- Grain: one row
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars

select
    (select coalesce(max(stg_leads.landed_seq), 0) from stg.stg_leads) as leads,
    (select coalesce(max(stg_clients.landed_seq), 0) from stg.stg_clients) as clients,
    (select coalesce(max(stg_cars.landed_seq), 0) from stg.stg_cars) as cars;
