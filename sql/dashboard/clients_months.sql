-- What:  the clients by the month of their first rental, and how many of them have come back since
-- Grain: one row per month up to that of the last finished day, those without new clients too
-- Reads: dm.client_value, dm.build; $1 first and $2 last month
with months as (
    select generate_series($1::date, $2::date, interval '1 month')::date as month
),

new_clients as (
    select
        date_trunc('month', client_value.first_rental::timestamp)::date as month,
        count(*) as clients,
        count(*) filter (where client_value.is_repeat) as repeat_clients
    from dm.client_value
    where
        client_value.client_id <> 0
        and client_value.first_rental >= $1::date
        and client_value.first_rental < ($2::date + interval '1 month')
    group by date_trunc('month', client_value.first_rental::timestamp)
)

select
    months.month::text as month,
    coalesce(new_clients.clients, 0)::integer as new_clients,
    coalesce(new_clients.repeat_clients, 0)::integer as came_back,
    (coalesce(new_clients.clients, 0) - coalesce(new_clients.repeat_clients, 0))::integer
        as came_once,
    (new_clients.repeat_clients::numeric / new_clients.clients)::text as repeat_share,
    (months.month + interval '1 month')::date - 1 <= build.last_finished_day as is_complete
from months
cross join dm.build
left join new_clients on months.month = new_clients.month
where
    months.month <= build.last_finished_day
    and months.month >= (
        select date_trunc('month', min(client_value.first_rental)::timestamp)
        from dm.client_value
    )
order by months.month
