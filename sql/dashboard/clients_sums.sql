-- What:  how many clients there are, how many came back, and what they brought in, all time
-- Grain: one row
-- Reads: dm.client_value
select
    count(*)::integer as all_rows,
    count(*) filter (
        where client_value.client_id <> 0 and client_value.rentals > 0
    )::integer as clients,
    count(*) filter (where client_value.is_repeat)::integer as repeat_clients,
    (
        count(*) filter (where client_value.is_repeat)::numeric
        / nullif(
            count(*) filter (where client_value.client_id <> 0 and client_value.rentals > 0), 0
        )
    )::text as repeat_share,
    coalesce(sum(client_value.rentals), 0)::integer as rentals,
    coalesce(sum(client_value.revenue), 0)::text as revenue,
    coalesce(sum(client_value.unpriced_rentals), 0)::integer as unpriced_rentals,
    coalesce(sum(client_value.bookings_ahead), 0)::integer as bookings_ahead,
    coalesce(sum(client_value.revenue_ahead), 0)::text as revenue_ahead
from dm.client_value
