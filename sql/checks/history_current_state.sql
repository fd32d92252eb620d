-- What:  error: deleted records that have an open version, live ones that have none
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.stg_leads,
--        stg.stg_clients, stg.stg_cars, ops.watermark, changed_*
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a deleted lead that stays open goes on earning money in every report, and a live
-- one without an open version is missing from all of them. The newest row in the order
-- of stg decides.

with newest as (
    select
        stg_leads.id,
        stg_leads.is_deleted,
        exists (
            select
            from ods.ods_leads_hist
            where ods_leads_hist.id = stg_leads.id and ods_leads_hist.is_current
        ) as is_open
    from changed_leads
    cross join lateral (
        select copies.*
        from stg.stg_leads as copies
        where
            copies.id = changed_leads.id
            -- What a load has landed since the last merge is not in the history yet.
            and copies.landed_seq <= (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_leads_hist'
            )
        order by
            copies.observed_at desc, copies.updated_at desc, copies.is_deleted desc,
            copies.row_hash collate "C" desc
        limit 1
    ) as stg_leads
    where current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select
        stg_clients.id,
        stg_clients.is_deleted,
        exists (
            select
            from ods.ods_clients_hist
            where ods_clients_hist.id = stg_clients.id and ods_clients_hist.is_current
        ) as is_open
    from changed_clients
    cross join lateral (
        select copies.*
        from stg.stg_clients as copies
        where
            copies.id = changed_clients.id
            -- What a load has landed since the last merge is not in the history yet.
            and copies.landed_seq <= (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_clients_hist'
            )
        order by
            copies.observed_at desc, copies.updated_at desc, copies.is_deleted desc,
            copies.row_hash collate "C" desc
        limit 1
    ) as stg_clients
    where current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select
        stg_cars.id,
        stg_cars.is_deleted,
        exists (
            select
            from ods.ods_cars_hist
            where ods_cars_hist.id = stg_cars.id and ods_cars_hist.is_current
        ) as is_open
    from changed_cars
    cross join lateral (
        select copies.*
        from stg.stg_cars as copies
        where
            copies.id = changed_cars.id
            -- What a load has landed since the last merge is not in the history yet.
            and copies.landed_seq <= (
                select watermark.position
                from ops.watermark
                where watermark.name = 'ods.ods_cars_hist'
            )
        order by
            copies.observed_at desc, copies.updated_at desc, copies.is_deleted desc,
            copies.row_hash collate "C" desc
        limit 1
    ) as stg_cars
    where current_setting('rental.checked_table') = 'ods.ods_cars_hist'
)

select
    newest.id,
    case
        when newest.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from newest
where newest.is_deleted = newest.is_open;
