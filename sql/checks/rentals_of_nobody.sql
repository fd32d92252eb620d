-- What:  error: rentals without a car or client, though the lead names one
-- Grain: one row per lead and kind of member (car, client)
-- Reads: changed_rentals (what dds.fact_rentals has of changed_leads), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist, dds.unresolved_link, stg.stg_leads,
--        ops.watermark
-- Scope: changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: what nobody's car earns is in no figure of a car. Whose plate (licence) only one ever bore
-- is his. Whose nobody bears must be noted: nothing else finds the lead when somebody comes to
-- bear it.

-- By hand this may run between the merge of a history and that of the rentals.
with on_their_way as (
    select
        done.name,
        done.position < ready.position as has_any
    from (
        values
        ('dds.fact_rentals/cars', 'ods.ods_cars_hist'),
        ('dds.fact_rentals/clients', 'ods.ods_clients_hist')
    ) as sources (name, upstream)
    inner join ops.watermark as done on sources.name = done.name
    inner join ops.watermark as ready on sources.upstream = ready.name
),

leads_on_their_way as (
    select stg_leads.id
    from stg.stg_leads
    where
        stg_leads.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'dds.fact_rentals'
        )
),

lost_rentals as materialized (
    select
        changed_rentals.*,
        leads.car_element_id,
        leads.client_element_id,
        ods.lookup_key(leads.plate) as plate_key,
        ods.lookup_key(leads.license) as license_key
    from changed_rentals
    inner join ods.ods_leads_hist as leads
        on changed_rentals.lead_id = leads.id and leads.is_current
    where
        (changed_rentals.car_id = 0 or changed_rentals.client_id = 0)
        and not exists (
            select
            from leads_on_their_way
            where leads_on_their_way.id = changed_rentals.lead_id
        )
),

lost_links as (
    select
        lost_rentals.lead_id,
        'car' as kind,
        lost_rentals.plate_key as key,
        exists (
            select
            from ods.ods_cars_hist
            where ods_cars_hist.id = lost_rentals.car_element_id
        ) as is_linked,
        (
            select min(ods_cars_hist.id) = max(ods_cars_hist.id)
            from ods.ods_cars_hist
            where ods.lookup_key(ods_cars_hist.plate) = lost_rentals.plate_key
        ) as is_of_one
    from lost_rentals
    where
        lost_rentals.car_id = 0
        and lost_rentals.car_element_id is distinct from 0
        and not (
            select on_their_way.has_any
            from on_their_way
            where on_their_way.name = 'dds.fact_rentals/cars'
        )
    union all
    select
        lost_rentals.lead_id,
        'client' as kind,
        lost_rentals.license_key as key,
        exists (
            select
            from ods.ods_clients_hist
            where ods_clients_hist.id = lost_rentals.client_element_id
        ) as is_linked,
        (
            select min(ods_clients_hist.id) = max(ods_clients_hist.id)
            from ods.ods_clients_hist
            where ods.lookup_key(ods_clients_hist.license) = lost_rentals.license_key
        ) as is_of_one
    from lost_rentals
    where
        lost_rentals.client_id = 0
        and lost_rentals.client_element_id is distinct from 0
        and not (
            select on_their_way.has_any
            from on_their_way
            where on_their_way.name = 'dds.fact_rentals/clients'
        )
)

select
    lost_links.lead_id as id,
    case
        when lost_links.is_linked then 'the linked ' || lost_links.kind || ' is known'
        when lost_links.is_of_one then 'only one ' || lost_links.kind || ' ever bore its key'
        else 'no ' || lost_links.kind || ', and not noted for when one comes'
    end as detail
from lost_links
left join dds.unresolved_link
    on
        lost_links.lead_id = unresolved_link.lead_id
        and lost_links.kind = unresolved_link.kind
        and lost_links.key = unresolved_link.key collate "C"
where
    lost_links.is_linked
    or lost_links.is_of_one
    or (lost_links.key is not null and unresolved_link.lead_id is null);
