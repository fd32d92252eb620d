-- What:  error: versions of one record that are valid at the same moment
-- Grain: one row per version that opens before its predecessor has closed
-- Reads: ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist
--
-- Why: every as-of question would have two answers. The database refuses two open versions and
-- backward intervals by constraints, which cannot see an overlap.

with versions as (
    select
        'ods.ods_leads_hist' as table_name,
        ods_leads_hist.id,
        ods_leads_hist.valid_from,
        ods_leads_hist.valid_to
    from ods.ods_leads_hist
    union all
    select
        'ods.ods_clients_hist' as table_name,
        ods_clients_hist.id,
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to
    from ods.ods_clients_hist
    union all
    select
        'ods.ods_cars_hist' as table_name,
        ods_cars_hist.id,
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to
    from ods.ods_cars_hist
),

neighbours as (
    select
        versions.*,
        lag(versions.valid_from) over history as opened_before,
        lag(versions.valid_to) over history as closed_before
    from versions
    window history as (
        partition by versions.table_name, versions.id
        order by versions.valid_from
    )
)

select
    neighbours.table_name,
    neighbours.id,
    neighbours.valid_from,
    neighbours.valid_to
from neighbours
where
    neighbours.opened_before is not null
    and (
        neighbours.closed_before is null
        or neighbours.closed_before > neighbours.valid_from
    );
