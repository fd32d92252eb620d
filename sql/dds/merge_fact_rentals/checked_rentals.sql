-- What:  shows the checks what is stored now of the rentals that may have changed
-- Grain: changed_rentals: a rental
-- Reads: stored_changes (of ../merge_fact_rentals.sql), compared_rentals (of changes.sql), rentals
--        (of rentals.sql), reading (of progress.sql), dds.fact_rentals
--
-- Of a first build that is all there is: by a join, as for a condition alone the planner starts
-- workers, on every other day for nothing.

create temporary view changed_rentals as
select stored_changes.*
from stored_changes
union all
select fact_rentals.*
from reading
cross join dds.fact_rentals
where reading.is_first;

-- What a lead names is not in the fact: asked for those alone whose car or client is not known.
select
    count(*) filter (where changed_rentals.car_id = 0) as unknown_cars,
    count(*) filter (where changed_rentals.client_id = 0) as unknown_clients,
    count(*) filter (
        where
        changed_rentals.car_id = 0
        and (rentals.car_key is not null or rentals.has_car_element)
    ) as warning_cars_not_found,
    count(*) filter (
        where
        changed_rentals.client_id = 0
        and (rentals.client_key is not null or rentals.has_client_element)
    ) as warning_clients_not_found
from changed_rentals
inner join rentals on changed_rentals.lead_id = rentals.lead_id
where changed_rentals.car_id = 0 or changed_rentals.client_id = 0;
