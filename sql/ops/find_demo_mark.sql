-- What:  whether the database holds a warehouse, and whether the demo made it
-- Grain: one row
-- Reads: the catalog of schemas

select
    to_regnamespace('ops') is not null as has_warehouse,
    to_regnamespace('made_by_demo') is not null as is_demo;
