-- What:  finds the rentals that are new or stayed as they were, and takes away those of leads that
--        are none any more
-- Grain: changed_rentals (of changes.sql): a rental that may have changed, as it is stored now and
--        as it was (of a first build: none)
-- Reads: changed_leads (of changed_leads.sql), rentals (of rentals.sql), reading (of
--        progress.sql), dds.fact_rentals
--
-- fate says what became of a rental. On an ordinary day all were updated, and numbers tell so.

-- Those that are new, and those that stayed as they were: unless all were updated.
insert into changed_rentals
select
    case when others.place_before is null then 'inserted' else 'kept' end as fate,
    stored.*
from (
    select
        rentals.lead_id,
        rentals.place_before
    from rentals
    where
        not (select reading.is_first from reading)
        and (select count(*) from rentals) > (select count(*) from changed_rentals)
        and not exists (
            select
            from changed_rentals
            where changed_rentals.lead_id = rentals.lead_id
        )
) as others
-- Looked up one by one: the planner expects a share of all.
cross join lateral (
    select fact_rentals.*
    from dds.fact_rentals
    where fact_rentals.lead_id = others.lead_id
    offset 0
) as stored;

-- Leads that are no rentals any more: none, unless fewer are rentals than changed.
with deleted as (
    delete from dds.fact_rentals
    where
        fact_rentals.lead_id = any(
            array(
                select changed_leads.id
                from changed_leads
                where
                    not (select reading.is_first from reading)
                    and (select count(*) from changed_leads) > (select count(*) from rentals)
                    and not exists (
                        select
                        from rentals
                        where rentals.lead_id = changed_leads.id
                    )
            )
        )
    returning fact_rentals.*
)

insert into changed_rentals (
    fate, lead_id, car_id_before, rental_days_before, amount_before, is_booking_before,
    rental_start_before, rental_end_before
)
select
    'deleted' as fate,
    deleted.lead_id,
    deleted.car_id,
    deleted.rental_days,
    deleted.amount,
    deleted.is_booking,
    deleted.rental_start,
    deleted.rental_end
from deleted;

analyze changed_rentals (lead_id);

select count(*) as rentals_compared
from changed_rentals;
