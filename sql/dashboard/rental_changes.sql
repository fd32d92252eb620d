-- What:  the changes of dates of bookings
-- Grain: one row per change, the newest first
-- Reads: dm.rental_changes, dds.fact_rentals, dds.dim_client, dm.build; $1 first and $2 last
--        month, $3 rows to leave out, $4 to show
with changes as (
    select rental_changes.*
    from dm.rental_changes
    where
        rental_changes.changed_at >= (
            select dds.day_start($1::date, build.business_tz)
            from dm.build
        )
        and rental_changes.changed_at < (
            select dds.day_start(
                ($2::date + interval '1 month')::date, build.business_tz
            )
            from dm.build
        )
    order by rental_changes.changed_at desc, rental_changes.lead_id desc
    offset $3::integer
    limit $4::integer
)

select
    changes.lead_id::text as lead_id,
    changes.kind,
    trim_scale(round(changes.start_delta_days, 2))::text as start_delta_days,
    trim_scale(round(changes.end_delta_days, 2))::text as end_delta_days,
    changes.days_delta,
    to_char(changes.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as changed_at,
    fact_rentals.stage,
    nullif(fact_rentals.client_id, 0)::text as client_id,
    dim_client.client_name
from changes
left join dds.fact_rentals on changes.lead_id = fact_rentals.lead_id
left join dds.dim_client
    on fact_rentals.client_id = dim_client.client_id and dim_client.client_id <> 0
order by changes.changed_at desc, changes.lead_id desc
