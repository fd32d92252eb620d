-- What:  the clients by what they brought in
-- Grain: one row per client with a booking, the most valuable first; 0 is the unknown one
-- Reads: dm.client_value, dds.dim_client; $1 rows to leave out, $2 rows to show
with clients as (
    select client_value.*
    from dm.client_value
    order by client_value.revenue desc, client_value.client_id
    offset $1::integer
    limit $2::integer
)

select
    clients.client_id::text as client_id,
    dim_client.client_name,
    clients.rentals::integer as rentals,
    clients.revenue::text as revenue,
    clients.unpriced_rentals::integer as unpriced_rentals,
    clients.first_rental::text as first_rental,
    clients.last_rental::text as last_rental,
    clients.is_repeat,
    clients.bookings_ahead::integer as bookings_ahead,
    clients.revenue_ahead::text as revenue_ahead
from clients
left join dds.dim_client
    on clients.client_id = dim_client.client_id and clients.client_id <> 0
order by clients.revenue desc, clients.client_id
