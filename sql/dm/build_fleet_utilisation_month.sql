-- What:  brings the mart to the rows as they should be, where it was computed anew
-- Grain: one row per month and car, model or fleet
-- Reads: present_rows and desired_rows (of car_months.sql, of totals.sql), mart_reading
--
-- Runs twice: for cars, and for the models and the fleet that are their sums.

with rows_gone as (
    delete from dm.fleet_utilisation_month
    using present_rows
    where
        fleet_utilisation_month.month = present_rows.month
        and fleet_utilisation_month.level = present_rows.level
        and fleet_utilisation_month.car_id = present_rows.car_id
        and fleet_utilisation_month.model = present_rows.model
        and not exists (
            select
            from desired_rows
            where
                desired_rows.month = fleet_utilisation_month.month
                and desired_rows.level = fleet_utilisation_month.level
                and desired_rows.car_id = fleet_utilisation_month.car_id
                and desired_rows.model = fleet_utilisation_month.model
                and row(desired_rows.*) is not distinct
                from row(fleet_utilisation_month.*)
        )
    returning fleet_utilisation_month.month
)

insert into merge_counts (deleted)
select count(*)
from rows_gone;

with rows_new as (
    insert into dm.fleet_utilisation_month
    select desired_rows.*
    from desired_rows
    on conflict (month, level, car_id, model) do nothing
    returning fleet_utilisation_month.month
)

insert into merge_counts (inserted)
select count(*)
from rows_new;

select ops.finish_reading(
    mart_reading.name, mart_reading.read_to, mart_reading.last_day,
    mart_reading.settings
)
from mart_reading;

select
    sum(merge_counts.inserted)::bigint as rows_written,
    sum(merge_counts.deleted)::bigint as rows_deleted
from merge_counts;
