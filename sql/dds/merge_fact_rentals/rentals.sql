-- What:  what the changed leads are as rentals, what they say of their car and their client, and
--        what is stored of them
-- Grain: rentals: a live lead of the rental pipeline
-- Reads: changed_leads (of changed_leads.sql), reading (of progress.sql), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist, dict.dict_status_leads, dds.fact_rentals
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
with stored_rentals as not materialized (
    -- Each is written at its place.
    select
        fact_rentals.lead_id as stored_id,
        fact_rentals.ctid as place_before,
        fact_rentals.car_id as car_id_before,
        fact_rentals.rental_days as rental_days_before,
        fact_rentals.amount as amount_before,
        fact_rentals.is_booking as is_booking_before,
        fact_rentals.rental_start as rental_start_before,
        fact_rentals.rental_end as rental_end_before,
        fact_rentals.confirmed_at as confirmed_at_before,
        fact_rentals.created_at as created_at_before
    from dds.fact_rentals
),

present_leads as (
    select
        ods_leads_hist.*,
        changed_leads.may_be_confirmed_anew,
        stored.*
    from ods.ods_leads_hist
    inner join changed_leads on ods_leads_hist.id = changed_leads.id
    -- Looked up one by one: the planner expects a share of all leads.
    left join lateral (
        select stored_rentals.*
        from stored_rentals
        where stored_rentals.stored_id = changed_leads.id
        offset 0
    ) as stored on true
    where
        ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
    union all
    (
        select
            ods_leads_hist.*,
            true as may_be_confirmed_anew,
            stored.*
        from ods.ods_leads_hist
        -- Of a first build none is stored, and none is looked for.
        left join (
            select stored_rentals.*
            from stored_rentals
            where not (select reading.is_first from reading)
        ) as stored on ods_leads_hist.id = stored.stored_id
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
                reading.is_as_before
                and ods_leads_hist.rental_start = ods_leads_hist.rental_start_before
                and ods_leads_hist.rental_end = ods_leads_hist.rental_end_before
                then ods_leads_hist.rental_days_before
            else dds.rental_days(
                ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                reading.business_tz, reading.grace_minutes
            )
        end as rental_days,
        -- One that was booked from the first was confirmed when it was created.
        coalesce(
            not ods_leads_hist.may_be_confirmed_anew
            and ods_leads_hist.created_at = ods_leads_hist.created_at_before,
            false
        ) as is_confirmed_as_before,
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
    case when rental_leads.is_confirmed_as_before then rental_leads.confirmed_at_before end
        as known_confirmed_at,
    rental_leads.is_confirmed_as_before,
    rental_leads.created_at,
    rental_leads.updated_at,
    rental_leads.place_before,
    rental_leads.car_id_before,
    rental_leads.rental_days_before,
    rental_leads.amount_before,
    rental_leads.is_booking_before,
    rental_leads.rental_start_before,
    rental_leads.rental_end_before
from rental_leads
left join dict.dict_status_leads
    on
        rental_leads.pipeline_id = dict_status_leads.pipeline_id
        and rental_leads.status_id = dict_status_leads.status_id;

select set_config('enable_sort', 'on', true) as sort
from reading
where not reading.is_as_before;

select
    count(*) filter (where rentals.is_status_unknown) as warning_statuses_unknown,
    count(*) filter (where rentals.is_confirmed_as_before) as leads_confirmed_as_before
from rentals;
