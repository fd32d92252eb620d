-- What:  shows checks of a history those versions of changed records to which one of them may
--        object, found in one reading for all of them
-- Grain: history_versions: a version, beside what is told of the one before it, and how many
--        open ones there are up to it; newest_sights: empty, see scope_newest_*.sql
-- Reads: changed_*, ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist,
--        rental.scoped_history (the one table that is looked at, or everything)
--
-- Nearly all versions are right, so that next to nothing is kept.

create temporary table newest_sights (
    table_name text not null,
    id bigint not null,
    is_deleted boolean not null,
    is_open boolean not null,
    observed_at timestamptz not null,
    opened_at timestamptz
) on commit drop;

create temporary table history_versions on commit drop as
with neighbours as (
    select
        'ods.ods_leads_hist' as table_name,
        ods_leads_hist.id,
        ods_leads_hist.is_current,
        ods_leads_hist.updated_at,
        ods_leads_hist.valid_from,
        ods_leads_hist.valid_to,
        lag(ods_leads_hist.valid_from) over history as opened_before,
        lag(ods_leads_hist.valid_to) over history as closed_before,
        count(*) filter (where ods_leads_hist.valid_to is null) over history as open_versions
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_leads_hist')
    window history as (
        partition by ods_leads_hist.id
        order by ods_leads_hist.valid_from
        rows unbounded preceding
    )
    union all
    select
        'ods.ods_clients_hist' as table_name,
        ods_clients_hist.id,
        ods_clients_hist.is_current,
        ods_clients_hist.updated_at,
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to,
        lag(ods_clients_hist.valid_from) over history as opened_before,
        lag(ods_clients_hist.valid_to) over history as closed_before,
        count(*) filter (where ods_clients_hist.valid_to is null) over history as open_versions
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_clients_hist')
    window history as (
        partition by ods_clients_hist.id
        order by ods_clients_hist.valid_from
        rows unbounded preceding
    )
    union all
    select
        'ods.ods_cars_hist' as table_name,
        ods_cars_hist.id,
        ods_cars_hist.is_current,
        ods_cars_hist.updated_at,
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to,
        lag(ods_cars_hist.valid_from) over history as opened_before,
        lag(ods_cars_hist.valid_to) over history as closed_before,
        count(*) filter (where ods_cars_hist.valid_to is null) over history as open_versions
    from ods.ods_cars_hist
    inner join changed_cars on ods_cars_hist.id = changed_cars.id
    where
        current_setting('rental.scoped_history') in ('everything', 'ods.ods_cars_hist')
    window history as (
        partition by ods_cars_hist.id
        order by ods_cars_hist.valid_from
        rows unbounded preceding
    )
)

select neighbours.*
from neighbours
where
    neighbours.valid_to <= neighbours.valid_from
    or neighbours.is_current <> (neighbours.valid_to is null)
    or neighbours.open_versions > 1
    or neighbours.updated_at > neighbours.valid_from + interval '10 minutes'
    or (
        neighbours.opened_before is not null
        and (
            neighbours.closed_before is null
            or neighbours.closed_before > neighbours.valid_from
        )
    );

analyze history_versions (table_name, id);

select count(*) as versions_to_judge
from history_versions;
