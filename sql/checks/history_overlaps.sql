-- What:  error: versions of one record that are valid at the same moment
-- Grain: one row per version that opens before its predecessor has closed
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, changed_*
-- Scope: changed_leads, changed_clients, changed_cars
-- After: merge_ods_leads: ods.ods_leads_hist
-- After: merge_ods_clients: ods.ods_clients_hist
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: every as-of question would have two answers. The database refuses two open
-- versions and backward intervals by constraints, which cannot see an overlap.

with versions as (
    select
        ods_leads_hist.id,
        ods_leads_hist.valid_from,
        ods_leads_hist.valid_to
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where current_setting('rental.checked_table') = 'ods.ods_leads_hist'
    union all
    select
        ods_clients_hist.id,
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    where current_setting('rental.checked_table') = 'ods.ods_clients_hist'
    union all
    select
        ods_cars_hist.id,
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    where current_setting('rental.checked_table') = 'ods.ods_cars_hist'
),

neighbours as (
    select
        versions.id,
        versions.valid_from,
        lag(versions.valid_from) over history as opened_before,
        lag(versions.valid_to) over history as closed_before
    from versions
    window history as (
        partition by versions.id
        order by versions.valid_from
    )
)

select
    neighbours.id,
    'opens at ' || neighbours.valid_from || ', the version before it closes '
    || coalesce('at ' || neighbours.closed_before, 'never') as detail
from neighbours
where
    neighbours.opened_before is not null
    and (
        neighbours.closed_before is null
        or neighbours.closed_before > neighbours.valid_from
    );
