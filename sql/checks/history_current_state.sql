-- What:  error: deleted records that have an open version, live ones that have none
-- Grain: one row per record
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, stg.stg_leads,
--        stg.stg_clients, stg.stg_cars, ops.watermark, changed_*
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a deleted lead that stays open goes on earning money in every report, and a live
-- one without an open version is missing from all of them. Only certain cases count:
-- the newest copy is later than anything that the other kind has shown.

with copies as (
    select
        stg_leads.id,
        stg_leads.is_deleted,
        stg_leads.updated_at,
        stg_leads.observed_at
    from stg.stg_leads
    inner join changed_leads on stg_leads.id = changed_leads.id
    where
        current_setting('rental.checked_table') = 'ods.ods_leads_hist'
        -- What a load has landed since the last merge is not in the history yet.
        and stg_leads.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_leads_hist'
        )
    union all
    select
        stg_clients.id,
        stg_clients.is_deleted,
        stg_clients.updated_at,
        stg_clients.observed_at
    from stg.stg_clients
    inner join changed_clients on stg_clients.id = changed_clients.id
    where
        current_setting('rental.checked_table') = 'ods.ods_clients_hist'
        and stg_clients.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_clients_hist'
        )
    union all
    select
        stg_cars.id,
        stg_cars.is_deleted,
        stg_cars.updated_at,
        stg_cars.observed_at
    from stg.stg_cars
    inner join changed_cars on stg_cars.id = changed_cars.id
    where
        current_setting('rental.checked_table') = 'ods.ods_cars_hist'
        and stg_cars.landed_seq <= (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_cars_hist'
        )
),

sights as (
    -- A copy counts from its update, or from when it was seen: in between, so it is
    -- later for certain when its update is later than both times of all others.
    select
        copies.id,
        max(copies.updated_at) filter (where copies.is_deleted)
            as deleted_from,
        max(greatest(copies.updated_at, copies.observed_at))
            filter (where copies.is_deleted) as deleted_until,
        max(copies.updated_at) filter (where not copies.is_deleted)
            as live_from,
        max(greatest(copies.updated_at, copies.observed_at))
            filter (where not copies.is_deleted) as live_until
    from copies
    group by copies.id
),

states as (
    select
        sights.id,
        coalesce(sights.deleted_from > sights.live_until, sights.live_until is null)
            as is_deleted,
        coalesce(sights.live_from > sights.deleted_until, sights.deleted_until is null)
            as is_live,
        case current_setting('rental.checked_table')
            when 'ods.ods_leads_hist'
                then exists (
                    select
                    from ods.ods_leads_hist
                    where
                        ods_leads_hist.id = sights.id
                        and ods_leads_hist.is_current
                )
            when 'ods.ods_clients_hist'
                then exists (
                    select
                    from ods.ods_clients_hist
                    where
                        ods_clients_hist.id = sights.id
                        and ods_clients_hist.is_current
                )
            else
                exists (
                    select
                    from ods.ods_cars_hist
                    where
                        ods_cars_hist.id = sights.id
                        and ods_cars_hist.is_current
                )
        end as is_open
    from sights
)

select
    states.id,
    case
        when states.is_deleted then 'deleted, but its version is open'
        else 'live, but no version is open'
    end as detail
from states
where
    (states.is_deleted and states.is_open)
    or (states.is_live and not states.is_open);
