-- What:  lets checks look at every record, as if all of them had changed, at one moment
-- Grain: one row
-- Reads: every layer
--
-- Needs a transaction that is repeatable read.

create temporary table changed_leads on commit drop as
select stg_leads.id
from stg.stg_leads
union
select ods_leads_hist.id
from ods.ods_leads_hist
union
select fact_rentals.lead_id
from dds.fact_rentals
union
select fact_lead_status_change.lead_id
from dds.fact_lead_status_change;

create temporary table changed_clients on commit drop as
select stg_clients.id
from stg.stg_clients
union
select ods_clients_hist.id
from ods.ods_clients_hist
union
select dim_client.client_id
from dds.dim_client
where dim_client.client_id <> 0;

create temporary table changed_cars on commit drop as
select stg_cars.id
from stg.stg_cars
union
select ods_cars_hist.id
from ods.ods_cars_hist
union
select dim_car.car_id
from dds.dim_car
where dim_car.car_id <> 0
union
select fact_fleet_usage_day.car_id
from dds.fact_fleet_usage_day;

create temporary table changed_car_days on commit drop as
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date
from dds.fact_fleet_usage_day;

create temporary table dated_leads on commit drop as
select fact_rentals.lead_id as id
from dds.fact_rentals;

create temporary table changed_first_statuses on commit drop as
select lead_first_status.*
from dds.lead_first_status;

create temporary table changed_rentals on commit drop as
select fact_rentals.*
from dds.fact_rentals;

-- By hand this may run between the merge of the rentals and that of the days: those that are
-- pending are about to be computed anew.
create temporary table changed_days on commit drop as
select fact_fleet_usage_day.*
from dds.fact_fleet_usage_day
where
    not exists (
        select
        from (
            select
                unnest(fact_fleet_usage_day_pending.car_ids) as car_id,
                unnest(fact_fleet_usage_day_pending.first_days) as first_day,
                unnest(fact_fleet_usage_day_pending.last_days) as last_day
            from dds.fact_fleet_usage_day_pending
        ) as pending
        where
            pending.car_id = fact_fleet_usage_day.car_id
            and fact_fleet_usage_day.usage_date
            between pending.first_day and pending.last_day
    );

-- Filled by scope_days.sql.
create temporary table suspect_days (
    like dds.fact_fleet_usage_day
) on commit drop;

create temporary table listed_rentals on commit drop as
select
    fact_rentals.lead_id,
    fact_rentals.car_id,
    fact_rentals.is_booking,
    coalesce(fact_rentals.amount, 0) as amount,
    dds.first_booked_day(
        fact_rentals.rental_start, fact_rentals.rental_end,
        current_setting('rental.business_tz')
    ) as first_day,
    dds.last_booked_day(
        fact_rentals.rental_start, fact_rentals.rental_end,
        current_setting('rental.business_tz')
    ) as last_day
from dds.fact_rentals;

analyze changed_leads;
analyze changed_clients;
analyze changed_cars;
analyze changed_car_days;
analyze changed_rentals (lead_id);
analyze listed_rentals (lead_id);

select
    (select count(*) from changed_leads) as leads,
    (select count(*) from changed_clients) as clients,
    (select count(*) from changed_cars) as cars;
