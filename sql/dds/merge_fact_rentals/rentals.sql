-- What:  what the changed leads are as rentals, and what they say of their car and their client
-- Grain: rentals: a live lead of the rental pipeline; mentions: its car or its client
-- Reads: changed_leads (of changed_leads.sql), reading (of progress.sql), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist, dict.dict_status_leads

create temporary table rentals on commit drop as
with rental_leads as (
    select
        ods_leads_hist.*,
        dds.rental_days(
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            current_setting('rental.business_tz'),
            current_setting('rental.grace_minutes')::integer
        ) as rental_days
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    inner join reading on ods_leads_hist.pipeline_id = reading.pipeline_id
    where ods_leads_hist.is_current
)

select
    rental_leads.*,
    coalesce(
        dict_status_leads.status_name,
        dict.unknown_status_name(rental_leads.status_id)
    ) as status_name,
    coalesce(
        dict_status_leads.stage, dict.unknown_status_stage(rental_leads.status_id)
    ) as stage,
    dict_status_leads.status_id is null as is_status_unknown,
    case
        when rental_leads.budget > 0 then rental_leads.budget
        else rental_leads.dailyrate * rental_leads.rental_days
    end as amount
from rental_leads
left join dict.dict_status_leads
    on
        rental_leads.pipeline_id = dict_status_leads.pipeline_id
        and rental_leads.status_id = dict_status_leads.status_id;

analyze rentals (id);

-- 0 as an element says that several different ones are linked; one that no catalog read
-- has ever shown is no link.
create temporary table mentions on commit drop as
select
    rentals.id as lead_id,
    'car' as kind,
    ods.lookup_key(rentals.plate) as key,
    rentals.car_element_id as element_id,
    rentals.car_element_id = 0
    or exists (
        select
        from ods.ods_cars_hist
        where ods_cars_hist.id = rentals.car_element_id
    ) as is_linked
from rentals
union all
select
    rentals.id as lead_id,
    'client' as kind,
    ods.lookup_key(rentals.license) as key,
    rentals.client_element_id as element_id,
    rentals.client_element_id = 0
    or exists (
        select
        from ods.ods_clients_hist
        where ods_clients_hist.id = rentals.client_element_id
    ) as is_linked
from rentals;

analyze mentions (lead_id, kind, key, is_linked);

select count(*) as warning_statuses_unknown
from rentals
where rentals.is_status_unknown;
