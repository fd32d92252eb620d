-- What:  no zeros of days and months before anything is known, in the figures of an earlier day as in those of now

create or replace function dm.revenue_day_as_of(as_of date, from_day date, to_day date)
returns setof dm.revenue_day
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.revenue_day_at(dm.end_of_day(as_of), as_of, from_day, to_day) as rows
    where rows.usage_date >= (select min(revenue_day.usage_date) from dm.revenue_day)
$$;

comment on function dm.revenue_day_as_of(date, date, date) is 'Rows of dm.revenue_day as they were at the end of a day, one for each day asked from the first that anything is known of: as_of, first day, last day';

create or replace function dm.revenue_month_as_of(as_of date, from_month date, to_month date)
returns setof dm.revenue_month
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.revenue_month_at(
        dm.end_of_day(as_of), as_of, from_month, to_month
    ) as rows
    where rows.month >= (select min(revenue_month.month) from dm.revenue_month)
$$;

comment on function dm.revenue_month_as_of(date, date, date) is 'Rows of dm.revenue_month as they were at the end of a day, of the fleet one for each month asked from the first that anything is known of: as_of, first month, last month';

create or replace function dm.fleet_utilisation_as_of(as_of date, from_month date, to_month date)
returns setof dm.fleet_utilisation_month
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select rows.*
    from dds.fleet_utilisation_at(
        dm.end_of_day(as_of), as_of, from_month, to_month
    ) as rows
    where
        rows.month >= (
            select min(fleet_utilisation_month.month)
            from dm.fleet_utilisation_month
        )
$$;

comment on function dm.fleet_utilisation_as_of(date, date, date) is 'Rows of dm.fleet_utilisation_month as they were at the end of a day, of the fleet one for each month asked that had begun, from the first that anything is known of: as_of, first month, last month';
