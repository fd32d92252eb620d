-- What:  shows the checks what is stored now of the rentals that may have changed, and notes what
--        these say of a car or client without being its rental
-- Grain: changed_rentals: a rental; dds.unresolved_link: a lead and what it names
-- Reads: changed_rentals (of other_rentals.sql), changed_leads (of changed_leads.sql),
--        rentals (of rentals.sql), reading (of progress.sql), dds.fact_rentals
--
-- Of a first build that is all there is, which no other day's plan shall know of: it would cost the
-- first build a third more to read, and other days the workers that the planner starts for it.

-- Told to fleet usage and counted, and no longer stored.
delete from changed_rentals
where changed_rentals.fate = 'deleted';

do $$
begin
    if (select reading.is_first from reading) then
        drop table changed_rentals;
        create temporary view changed_rentals as
        select fact_rentals.*
        from dds.fact_rentals
        -- So that the view goes when the transaction ends, as that table does.
        where exists (select from reading);
    end if;
end
$$;

-- What a lead names is not in the fact: asked for those alone whose car or client is not known.
with nobodys as materialized (
    select
        changed_rentals.car_id,
        changed_rentals.client_id,
        rentals.lead_id,
        rentals.car_element_id,
        rentals.client_element_id,
        -- Of those that are linked, several too, rentals have no plate and no licence.
        case when changed_rentals.car_id = 0 then ods.lookup_key(rentals.plate) end as car_key,
        case when changed_rentals.client_id = 0 then ods.lookup_key(rentals.license) end
            as client_key
    from changed_rentals
    inner join rentals on changed_rentals.lead_id = rentals.lead_id
    where changed_rentals.car_id = 0 or changed_rentals.client_id = 0
),

-- Linked to what no catalog read has shown, whatever plate and licence say.
astray as materialized (
    select
        rentals.lead_id,
        case when rentals.linked_car_id is null then rentals.car_element_id end
            as car_element_id,
        case when rentals.linked_client_id is null then rentals.client_element_id end
            as client_element_id
    from rentals
    where
        (rentals.car_element_id is not null and rentals.linked_car_id is null)
        or (rentals.client_element_id is not null and rentals.linked_client_id is null)
),

links_to_note as materialized (
    select
        links.lead_id,
        links.kind,
        links.key collate "C" as key
    from (
        select
            nobodys.lead_id,
            'car' as kind,
            nobodys.car_key as key
        from nobodys
        union all
        select
            nobodys.lead_id,
            'client' as kind,
            nobodys.client_key as key
        from nobodys
        union all
        select
            astray.lead_id,
            'car element' as kind,
            astray.car_element_id::text as key
        from astray
        union all
        select
            astray.lead_id,
            'client element' as kind,
            astray.client_element_id::text as key
        from astray
    ) as links
    where links.key is not null
),

-- Whose link changed or was found, or who is no rental any more. On an ordinary day nobody.
forgotten as (
    delete from dds.unresolved_link
    using changed_leads
    where
        changed_leads.id = unresolved_link.lead_id
        and not exists (
            select
            from links_to_note
            where
                links_to_note.lead_id = unresolved_link.lead_id
                and links_to_note.kind = unresolved_link.kind
                and links_to_note.key = unresolved_link.key
        )
    returning unresolved_link.lead_id
),

noted as (
    insert into dds.unresolved_link (lead_id, kind, key)
    select links_to_note.*
    from links_to_note
    where
        not exists (
            select
            from dds.unresolved_link
            where
                unresolved_link.lead_id = links_to_note.lead_id
                and unresolved_link.kind = links_to_note.kind
                and unresolved_link.key = links_to_note.key
        )
    returning unresolved_link.lead_id
)

select
    count(*) filter (where nobodys.car_id = 0) as unknown_cars,
    count(*) filter (where nobodys.client_id = 0) as unknown_clients,
    count(*) filter (
        where
        nobodys.car_id = 0
        and (nobodys.car_key is not null or nobodys.car_element_id is not null)
    ) as warning_cars_not_found,
    count(*) filter (
        where
        nobodys.client_id = 0
        and (nobodys.client_key is not null or nobodys.client_element_id is not null)
    ) as warning_clients_not_found,
    (select count(*) from noted) as links_noted,
    (select count(*) from forgotten) as links_forgotten
from nobodys;
