-- What:  spreads the bookings of days that may have changed over their days
-- Grain: booked_days: a car and day that is booked
-- Reads: reading (of calendar.sql), booked (of changed_bookings.sql and stored_days.sql),
--        other_spans (of changed_days.sql), further_leads (of stored_days.sql)
-- If:    days_left_over
--
-- Over all of their days: those that did not change, whose other bookings are not read, are none
-- of other_days, which days.sql starts from.

create temporary table booked_days on commit drop as
-- Nearly all bookings have their days to themselves, which are then no lists to gather. Of each
-- booking the share of all days but the last is computed once.
with neighbours as materialized (
    select
        booked.car_id,
        booked.lead_id,
        booked.first_day,
        booked.last_day,
        booked.rental_days,
        booked.amount,
        booked.is_unpriced,
        trunc(booked.amount / (booked.last_day - booked.first_day + 1), 2) as share,
        coalesce(
            max(booked.last_day) over earlier >= booked.first_day
            or lead(booked.first_day) over earlier <= booked.last_day,
            false
        ) as may_share_days
    from booked
    -- The others have their days to themselves, which are written already.
    where
        (select reading.is_reset from reading)
        or booked.lead_id in (select other_spans.lead_id from other_spans)
        or booked.lead_id in (select further_leads.lead_id from further_leads)
    window
        earlier as (
            partition by booked.car_id
            order by booked.first_day
            rows between unbounded preceding and 1 preceding
        )
),

spread as not materialized (
    select
        neighbours.*,
        greatest(neighbours.first_day, reading.first_day) + generate_series(
            0,
            least(neighbours.last_day, reading.horizon_ends_on)
            - greatest(neighbours.first_day, reading.first_day)
        ) as usage_date
    from neighbours
    cross join reading
),

shares as not materialized (
    select
        spread.car_id,
        spread.usage_date,
        spread.lead_id,
        case
            when spread.usage_date = spread.last_day
                then spread.amount - spread.share * (spread.last_day - spread.first_day)
            else spread.share
        end as amount_share,
        dds.charged_days_of_day(
            spread.rental_days, spread.first_day, spread.last_day, spread.usage_date
        ) as charged_days,
        spread.is_unpriced,
        spread.may_share_days
    from spread
),

-- Sorted once, where the lists of each day would be sorted by themselves.
shared as (
    select shares.*
    from shares
    where shares.may_share_days
    order by shares.car_id, shares.usage_date, shares.lead_id
)

select
    shares.car_id,
    shares.usage_date,
    1 as rentals_cnt,
    array[shares.lead_id] as lead_ids,
    shares.amount_share,
    shares.charged_days,
    shares.is_unpriced
from shares
where not shares.may_share_days
union all
select
    shared.car_id,
    shared.usage_date,
    count(*)::integer as rentals_cnt,
    array_agg(shared.lead_id) as lead_ids,
    sum(shared.amount_share) as amount_share,
    sum(shared.charged_days)::integer as charged_days,
    bool_and(shared.is_unpriced) as is_unpriced
from shared
group by shared.car_id, shared.usage_date;

-- Not the lists of leads, whose statistics cost more than they tell.
analyze booked_days (car_id, usage_date);

select
    case
        when reading.is_reset then (select count(*) from booked)
        else
            (select count(distinct other_spans.lead_id) from other_spans)
            + (select count(*) from further_leads)
    end as bookings_spread
from reading;
