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

create temporary table changed_rentals on commit drop as
select
    fact_rentals.lead_id,
    fact_rentals.car_id,
    fact_rentals.client_id,
    fact_rentals.pipeline_id,
    fact_rentals.status_id,
    fact_rentals.dailyrate,
    fact_rentals.budget,
    fact_rentals.amount,
    fact_rentals.rental_start,
    fact_rentals.rental_end,
    fact_rentals.updated_at
from dds.fact_rentals;

create temporary table changed_days on commit drop as
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date,
    fact_fleet_usage_day.rentals_cnt,
    fact_fleet_usage_day.lead_ids,
    fact_fleet_usage_day.amount_share,
    fact_fleet_usage_day.is_rented,
    fact_fleet_usage_day.is_double_booked
from dds.fact_fleet_usage_day;

create temporary table listed_rentals on commit drop as
with rentals as (
    select
        fact_rentals.lead_id,
        fact_rentals.car_id,
        coalesce(fact_rentals.amount, 0) as amount,
        fact_rentals.is_booking,
        dds.first_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end,
            current_setting('rental.business_tz')
        ) as first_day,
        dds.last_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end,
            current_setting('rental.business_tz')
        ) as last_day
    from dds.fact_rentals
)

select
    rentals.lead_id,
    rentals.car_id,
    rentals.is_booking,
    rentals.first_day,
    rentals.last_day,
    dds.share_of_day(
        rentals.amount, rentals.first_day, rentals.last_day, rentals.last_day - 1
    ) as even_share,
    dds.share_of_day(
        rentals.amount, rentals.first_day, rentals.last_day, rentals.last_day
    ) as last_share
from rentals;

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
