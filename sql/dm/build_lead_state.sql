-- What:  writes what the changed leads count for, and the value of their clients
-- Grain: dm.lead_state: a lead; dm.client_value: a client with a booking
-- Reads: state_changes (of states.sql), changed_visitors (of visits.sql), reading (of
--        reading.sql)

delete from dm.lead_state
using state_changes
where lead_state.lead_id = state_changes.lead_id;

insert into dm.lead_state (
    lead_id, car_id, client_id, rental_days, amount, stage, furthest, is_ahead,
    is_no_show, created_day, confirmed_day, start_day, next_day
)
select
    state_changes.lead_id,
    state_changes.car_id,
    state_changes.client_id,
    state_changes.rental_days,
    state_changes.amount,
    state_changes.stage,
    state_changes.furthest,
    state_changes.is_ahead,
    state_changes.is_no_show,
    state_changes.created_day,
    state_changes.confirmed_day,
    state_changes.start_day,
    state_changes.next_day
from state_changes
where state_changes.side = 1;

with bookings as (
    select
        state_changes.client_id,
        state_changes.side,
        state_changes.is_ahead,
        state_changes.amount
    from state_changes
    where dm.is_booked(state_changes.stage)
),

sums as (
    select
        bookings.client_id,
        coalesce(sum(bookings.side) filter (where not bookings.is_ahead), 0)
            as rentals,
        coalesce(
            sum(bookings.side * bookings.amount) filter (where not bookings.is_ahead), 0
        ) as revenue,
        coalesce(
            sum(bookings.side) filter (
                where not bookings.is_ahead and bookings.amount is null
            ),
            0
        ) as unpriced_rentals,
        coalesce(sum(bookings.side) filter (where bookings.is_ahead), 0)
            as bookings_ahead,
        coalesce(
            sum(bookings.side * bookings.amount) filter (where bookings.is_ahead), 0
        ) as revenue_ahead
    from bookings
    group by bookings.client_id
)

insert into dm.client_value as valued (
    client_id, rentals, revenue, unpriced_rentals, first_rental, last_rental,
    bookings_ahead, revenue_ahead
)
select
    sums.client_id,
    sums.rentals,
    trim_scale(sums.revenue) as revenue,
    sums.unpriced_rentals,
    starts.first_rental,
    starts.last_rental,
    sums.bookings_ahead,
    trim_scale(sums.revenue_ahead) as revenue_ahead
from sums
cross join lateral (
    -- Each is one look at the index.
    select
        min(lead_state.start_day) as first_rental,
        max(lead_state.start_day) as last_rental
    from dm.lead_state
    where
        lead_state.client_id = sums.client_id
        and lead_state.stage between 'confirmed' and 'closed'
        and not lead_state.is_ahead
) as starts
on conflict (client_id) do update
set
    rentals = valued.rentals + excluded.rentals,
    revenue = trim_scale(valued.revenue + excluded.revenue),
    unpriced_rentals = valued.unpriced_rentals + excluded.unpriced_rentals,
    first_rental = excluded.first_rental,
    last_rental = excluded.last_rental,
    bookings_ahead = valued.bookings_ahead + excluded.bookings_ahead,
    revenue_ahead = trim_scale(valued.revenue_ahead + excluded.revenue_ahead)
where
    (
        excluded.rentals, excluded.revenue, excluded.unpriced_rentals,
        excluded.bookings_ahead, excluded.revenue_ahead
    ) <> (0, 0, 0, 0, 0)
    or (valued.first_rental, valued.last_rental)
    is distinct from (excluded.first_rental, excluded.last_rental);

delete from dm.client_value
using state_changes
where
    client_value.client_id = state_changes.client_id
    and client_value.rentals = 0
    and client_value.bookings_ahead = 0;

select ops.finish_reading(
    'dm.lead_state/leads', reading.read_to, reading.last_day, reading.settings
)
from reading;

select
    count(distinct state_changes.lead_id) as states_written,
    (
        select count(*)
        from (
            select state_changes.lead_id
            from state_changes
            union
            select changed_visitors.lead_id
            from changed_visitors
        ) as written_leads
    ) as rows_written
from state_changes;
