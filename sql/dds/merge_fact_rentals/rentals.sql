-- What:  what the changed leads are as rentals, and what they say of their car and their client
-- Grain: rentals: a live lead of the rental pipeline
-- Reads: changed_leads (of changed_leads.sql), reading (of progress.sql), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist, dict.dict_status_leads
--
-- A member that is linked is known; a key is sought for the others alone. 0 as an element says
-- that several different ones are linked; one that no catalog read has ever shown is no link.

-- Where all leads may have changed, all that are live are read, in the order of their key, in which
-- a first build lays its facts down: sorted as whole rows, or hashed to join them to changed_leads,
-- those of a large account would go through files.
select set_config('enable_sort', 'off', true) as sort
from reading
where not reading.is_as_before;

-- On every other day that scan reads nothing, but the planner would start workers for it where
-- nobody has counted the tables yet.
select set_config('max_parallel_workers_per_gather', '0', true) as workers
from reading
where reading.is_as_before;

create temporary table rentals on commit drop as
with present_leads as (
    select
        ods_leads_hist.*,
        changed_leads.rental_before,
        -- One that was booked from the first was confirmed when it was created.
        coalesce(
            not changed_leads.may_be_confirmed_anew
            and ods_leads_hist.created_at = (changed_leads.rental_before).created_at,
            false
        ) as is_confirmed_as_before
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    where
        ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
    union all
    (
        select
            ods_leads_hist.*,
            null as rental_before,
            false as is_confirmed_as_before
        from ods.ods_leads_hist
        where
            ods_leads_hist.is_current
            and not (select reading.is_as_before from reading)
        order by ods_leads_hist.id
    )
),

rental_leads as (
    select
        ods_leads_hist.*,
        -- Under the same settings the same dates are as many days.
        case
            when
                ods_leads_hist.rental_start = (ods_leads_hist.rental_before).rental_start
                and ods_leads_hist.rental_end = (ods_leads_hist.rental_before).rental_end
                then (ods_leads_hist.rental_before).rental_days
            else dds.rental_days(
                ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                reading.business_tz, reading.grace_minutes
            )
        end as rental_days,
        case
            when
                ods_leads_hist.car_element_id is not null
                and (
                    ods_leads_hist.car_element_id = 0
                    or exists (
                        select
                        from ods.ods_cars_hist
                        where ods_cars_hist.id = ods_leads_hist.car_element_id
                    )
                )
                then ods_leads_hist.car_element_id
        end as linked_car_id,
        case
            when
                ods_leads_hist.client_element_id is not null
                and (
                    ods_leads_hist.client_element_id = 0
                    or exists (
                        select
                        from ods.ods_clients_hist
                        where ods_clients_hist.id = ods_leads_hist.client_element_id
                    )
                )
                then ods_leads_hist.client_element_id
        end as linked_client_id
    from present_leads as ods_leads_hist
    cross join reading
    where
        -- Asked so, the planner knows that nearly all leads are in it.
        ods_leads_hist.pipeline_id = (select reading.pipeline_id from reading)
)

select
    rental_leads.id as lead_id,
    rental_leads.pipeline_id,
    rental_leads.status_id,
    rental_leads.linked_car_id,
    rental_leads.linked_client_id,
    case when rental_leads.linked_car_id is null then rental_leads.plate end as plate,
    case when rental_leads.linked_client_id is null then rental_leads.license end as license,
    rental_leads.car_element_id,
    rental_leads.client_element_id,
    coalesce(
        dict_status_leads.status_name,
        dict.unknown_status_name(rental_leads.status_id)
    ) as status_name,
    coalesce(
        dict_status_leads.stage, dict.unknown_status_stage(rental_leads.status_id)
    ) as stage,
    dict_status_leads.status_id is null as is_status_unknown,
    rental_leads.rental_days,
    rental_leads.dailyrate,
    rental_leads.budget,
    case
        when rental_leads.budget > 0 then rental_leads.budget
        else rental_leads.dailyrate * rental_leads.rental_days
    end as amount,
    rental_leads.rental_start,
    rental_leads.rental_end,
    rental_leads.closed_at,
    case
        when rental_leads.is_confirmed_as_before
            then (rental_leads.rental_before).confirmed_at
    end as known_confirmed_at,
    rental_leads.is_confirmed_as_before,
    rental_leads.created_at,
    rental_leads.updated_at
from rental_leads
left join dict.dict_status_leads
    on
        rental_leads.pipeline_id = dict_status_leads.pipeline_id
        and rental_leads.status_id = dict_status_leads.status_id;

select set_config('enable_sort', 'on', true) as sort
from reading
where not reading.is_as_before;

-- On every other day what they are joined to is counted itself, and to look for keys one by one
-- needs no idea of how many there are.
do $$
begin
    if not (select reading.is_as_before from reading) then
        analyze rentals (lead_id, plate, license);
    end if;
end
$$;

select count(*) as warning_statuses_unknown
from rentals
where rentals.is_status_unknown;
