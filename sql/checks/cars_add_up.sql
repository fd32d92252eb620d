-- What:  error: months of the fleet that are not the sums of their cars
-- Grain: one row per month, as YYYYMM
-- Reads: dm.fleet_utilisation_month
-- Scope: everything
-- After: build_fleet_utilisation_month: dm.fleet_utilisation_month
--
-- Why: the utilisation of the fleet would be none of its cars'.

select
    to_char(fleet_utilisation_month.month, 'YYYYMM')::bigint as id,
    'car days '
    || sum(fleet_utilisation_month.car_days)
        filter (where fleet_utilisation_month.level = 'fleet')
    || ', of cars '
    || sum(fleet_utilisation_month.car_days)
        filter (where fleet_utilisation_month.level = 'car') as detail
from dm.fleet_utilisation_month
where fleet_utilisation_month.level in ('fleet', 'car')
group by fleet_utilisation_month.month
having
    sum(fleet_utilisation_month.car_days)
        filter (where fleet_utilisation_month.level = 'fleet')
    is distinct from sum(fleet_utilisation_month.car_days)
        filter (where fleet_utilisation_month.level = 'car')
    or sum(fleet_utilisation_month.rented_days)
        filter (where fleet_utilisation_month.level = 'fleet')
    is distinct from sum(fleet_utilisation_month.rented_days)
        filter (where fleet_utilisation_month.level = 'car');
