-- What:  error: days whose shares of amounts do not sum up to what their bookings say
-- Grain: one row per car
-- Reads: changed_days (what dds.fact_fleet_usage_day has of changed_car_days), listed_rentals (what
--        dds.fact_rentals has of the leads on them), dds.fact_fleet_usage_day_pending
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: revenue by day and revenue by rental would be two figures.

-- By hand this may run between the merge of the rentals and this one. Materialized: what the merge
-- has just emptied is full of dead rows, which must not be read again for each day.
with pending as materialized (
    select
        fact_fleet_usage_day_pending.car_id,
        fact_fleet_usage_day_pending.first_day,
        fact_fleet_usage_day_pending.last_day
    from dds.fact_fleet_usage_day_pending
),

days as not materialized (
    select
        changed_days.car_id,
        changed_days.usage_date,
        changed_days.amount_share,
        changed_days.lead_ids
    from changed_days
    where
        not exists (
            select
            from pending
            where
                pending.car_id = changed_days.car_id
                and changed_days.usage_date between pending.first_day and pending.last_day
        )
),

-- Nearly all lists have one lead, which is no list to take apart.
listed as (
    select distinct
        days.car_id,
        days.usage_date,
        days.amount_share,
        lead_ids.lead_id
    from days
    cross join lateral unnest(days.lead_ids) as lead_ids (lead_id)
    where cardinality(days.lead_ids) > 1
),

compared as (
    select
        days.car_id,
        days.amount_share,
        case
            when days.usage_date < listed_rentals.last_day
                then listed_rentals.even_share
            else listed_rentals.last_share
        end as booked_share
    from days
    left join listed_rentals on days.lead_ids[1] = listed_rentals.lead_id
    where cardinality(days.lead_ids) <= 1
    union all
    select
        listed.car_id,
        listed.amount_share,
        sum(
            case
                when listed.usage_date < listed_rentals.last_day
                    then listed_rentals.even_share
                else listed_rentals.last_share
            end
        ) as booked_share
    from listed
    left join listed_rentals on listed.lead_id = listed_rentals.lead_id
    group by listed.car_id, listed.usage_date, listed.amount_share
)

select
    compared.car_id as id,
    'shares ' || trim_scale(sum(compared.amount_share)) || ', bookings '
    || trim_scale(sum(coalesce(compared.booked_share, 0))) as detail
from compared
where compared.amount_share <> coalesce(compared.booked_share, 0)
group by compared.car_id;
