-- What:  finds the leads whose rental may have changed as a car or client did
-- Grain: changed_leads (of changed_leads.sql): one row per lead
-- Reads: changed_members and reading (of progress.sql), ods.ods_cars_hist, ods.ods_clients_hist,
--        dds.fact_rentals, dds.unresolved_link
-- If:    members_changed (of progress.sql)
--
-- That are those that a changed car or client may mean, by link, plate or licence.
--
-- A lead that did not change itself says what it said when its rental was written. Then its
-- key meant somebody who bears or bore it, now as then or until one of those that changed
-- did: the rental is his. Or it meant nobody, or the link led nowhere: then it is noted.

with bearing_members as (
    -- Those that changed, and all that ever bore a key that one of these bears or bore.
    select
        changed_members.kind,
        changed_members.id
    from changed_members
    union
    select
        'car' as kind,
        ods_cars_hist.id
    from changed_members
    inner join ods.ods_cars_hist
        on changed_members.key = ods.lookup_key(ods_cars_hist.plate)
    where changed_members.kind = 'car'
    union
    select
        'client' as kind,
        ods_clients_hist.id
    from changed_members
    inner join ods.ods_clients_hist
        on changed_members.key = ods.lookup_key(ods_clients_hist.license)
    where changed_members.kind = 'client'
),

pointing_leads as (
    select fact_rentals.lead_id as id
    from bearing_members
    inner join dds.fact_rentals on bearing_members.id = fact_rentals.car_id
    where bearing_members.kind = 'car'
    union
    select fact_rentals.lead_id as id
    from bearing_members
    inner join dds.fact_rentals on bearing_members.id = fact_rentals.client_id
    where bearing_members.kind = 'client'
    union
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.key = unresolved_link.key collate "C"
            and changed_members.kind = unresolved_link.kind
    union
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.id::text = unresolved_link.key collate "C"
            and changed_members.kind || ' element' = unresolved_link.kind
),

added as (
    insert into changed_leads (id, may_be_confirmed_anew)
    select
        pointing_leads.id,
        false as may_be_confirmed_anew
    from pointing_leads
    where
        (select reading.is_as_before from reading)
        and not exists (
            select
            from changed_leads
            where changed_leads.id = pointing_leads.id
        )
    -- Looked up in their order, neighbours are in pages already read.
    order by pointing_leads.id
    returning changed_leads.id
)

select count(*) as leads_of_changed_members
from added;
