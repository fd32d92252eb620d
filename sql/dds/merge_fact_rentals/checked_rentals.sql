-- What:  shows the checks what is stored now of the rentals that may have changed
-- Grain: changed_rentals: a rental
-- Reads: stored_changes (of ../merge_fact_rentals.sql), compared_rentals (of changes.sql), rentals
--        (of rentals.sql), reading (of progress.sql), dds.fact_rentals
--
-- Of a first build that is all there is, which no other day's plan shall know of: it would cost the
-- first build a third more to read, and other days the workers that the planner starts for it.

do $$
begin
    if (select reading.is_first from reading) then
        create temporary view changed_rentals as
        select fact_rentals.*
        from dds.fact_rentals
        -- So that the view goes when the transaction ends, as that table does.
        where exists (select from reading);
    else
        create temporary view changed_rentals as
        select stored_changes.*
        from stored_changes;
    end if;
end
$$;

-- What a lead names is not in the fact: asked for those alone whose car or client is not known.
select
    count(*) filter (where changed_rentals.car_id = 0) as unknown_cars,
    count(*) filter (where changed_rentals.client_id = 0) as unknown_clients,
    count(*) filter (
        where
        changed_rentals.car_id = 0
        and (ods.lookup_key(rentals.plate) is not null or rentals.has_car_element)
    ) as warning_cars_not_found,
    count(*) filter (
        where
        changed_rentals.client_id = 0
        and (ods.lookup_key(rentals.license) is not null or rentals.has_client_element)
    ) as warning_clients_not_found
from changed_rentals
inner join rentals on changed_rentals.lead_id = rentals.lead_id
where changed_rentals.car_id = 0 or changed_rentals.client_id = 0;
