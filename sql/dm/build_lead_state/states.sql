-- What:  what the changed leads count for now, and what they counted for
-- Grain: state_changes: a lead and side (1 now, -1 before) where the two differ
-- Reads: changed_leads and reading (of reading.sql), lead_changes (of visits.sql),
--        dds.fact_rentals, dm.lead_state

create temporary table states_now (
    like dm.lead_state
) on commit drop;

insert into states_now (
    lead_id, car_id, client_id, rental_days, amount, stage, furthest, is_ahead,
    is_no_show, created_day, confirmed_day, start_day, next_day
)
with paths as (
    select
        lead_changes.lead_id,
        greatest(
            max(lead_changes.from_stage) filter (
                where lead_changes.from_stage <= 'closed'
            ),
            max(lead_changes.to_stage) filter (
                where lead_changes.to_stage <= 'closed'
            )
        ) as furthest,
        max(lead_changes.change_ts) filter (
            where
                lead_changes.to_stage = 'cancelled'
                and lead_changes.from_stage <> 'cancelled'
        ) as lost_at,
        min(lead_changes.change_ts) filter (
            where not lead_changes.is_past
        ) as next_change_ts
    from lead_changes
    group by lead_changes.lead_id
),

leads as (
    select
        changed_leads.id as lead_id,
        fact_rentals.car_id,
        fact_rentals.client_id,
        fact_rentals.rental_days,
        fact_rentals.amount,
        fact_rentals.stage::dm.stage as stage,
        fact_rentals.rental_start,
        paths.furthest,
        paths.lost_at,
        reading.last_day,
        (
            paths.next_change_ts at time zone current_setting('rental.business_tz')
        )::date as next_change_day,
        (
            fact_rentals.created_at at time zone current_setting('rental.business_tz')
        )::date as created_day,
        (
            fact_rentals.confirmed_at
            at time zone current_setting('rental.business_tz')
        )::date as confirmed_day,
        (
            fact_rentals.rental_start
            at time zone current_setting('rental.business_tz')
        )::date as start_day
    from changed_leads
    cross join reading
    left join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
    left join paths on changed_leads.id = paths.lead_id
),

starts as (
    -- A start without a time is over when its day is.
    select
        leads.*,
        case
            when
                leads.rental_start = dds.day_start(
                    leads.start_day, current_setting('rental.business_tz')
                )
                then leads.lost_at >= dds.day_start(
                    leads.start_day + 1, current_setting('rental.business_tz')
                )
            else leads.lost_at > leads.rental_start
        end as is_lost_after_start,
        coalesce(dm.is_booked(leads.stage), false) as is_booking
    from leads
)

select
    starts.lead_id,
    starts.car_id,
    starts.client_id,
    starts.rental_days,
    starts.amount,
    starts.stage,
    case
        when starts.stage is not null
            then greatest(
                starts.furthest, case when starts.stage <= 'closed' then starts.stage end
            )
    end as furthest,
    starts.is_booking
    and coalesce(starts.start_day > starts.last_day, starts.stage = 'confirmed')
        as is_ahead,
    coalesce(
        starts.stage = 'cancelled'
        and starts.is_lost_after_start
        and (starts.furthest >= 'on_rent') is not true,
        false
    ) as is_no_show,
    case when starts.created_day <= starts.last_day then starts.created_day end
        as created_day,
    case when starts.confirmed_day <= starts.last_day then starts.confirmed_day end
        as confirmed_day,
    starts.start_day,
    least(
        starts.next_change_day,
        case when starts.created_day > starts.last_day then starts.created_day end,
        case when starts.confirmed_day > starts.last_day then starts.confirmed_day end,
        case
            when starts.is_booking and starts.start_day > starts.last_day
                then starts.start_day
        end
    ) as next_day
from starts
where starts.stage is not null or starts.next_change_day is not null;

analyze states_now (lead_id);

create temporary table state_changes on commit drop as
with differing_leads as (
    select changed_leads.id as lead_id
    from changed_leads
    left join states_now on changed_leads.id = states_now.lead_id
    left join dm.lead_state on changed_leads.id = lead_state.lead_id
    where row(states_now.*) is distinct from row(lead_state.*)
)

select
    1 as side,
    states_now.*
from states_now
inner join differing_leads on states_now.lead_id = differing_leads.lead_id
union all
select
    -1 as side,
    lead_state.*
from dm.lead_state
inner join differing_leads on lead_state.lead_id = differing_leads.lead_id;

analyze state_changes;

select count(*) filter (where state_changes.side = 1) as states_changed
from state_changes;
