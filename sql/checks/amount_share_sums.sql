-- What:  error: days whose shares of amounts do not sum up to what their bookings say
-- Grain: one row per car
-- Reads: changed_days (what dds.fact_fleet_usage_day has of changed_car_days), listed_rentals (what
--        dds.fact_rentals has of the leads on them), dds.fact_fleet_usage_day_pending
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: revenue by day and revenue by rental would be two figures.

with days as (
    select
        changed_days.car_id,
        changed_days.usage_date,
        changed_days.amount_share,
        changed_days.lead_ids
    from changed_days
    -- By hand this may run between the merge of the rentals and this one.
    where
        not exists (
            select
            from dds.fact_fleet_usage_day_pending
            where
                fact_fleet_usage_day_pending.car_id = changed_days.car_id
                and changed_days.usage_date
                between fact_fleet_usage_day_pending.first_day
                and fact_fleet_usage_day_pending.last_day
        )
),

-- What the last day of a rental has and what each other one has: once for each, not for each day.
worth as materialized (
    select
        listed_rentals.lead_id,
        listed_rentals.last_day,
        dds.share_of_day(
            listed_rentals.amount, listed_rentals.first_day,
            listed_rentals.last_day, listed_rentals.last_day - 1
        ) as even_share,
        dds.share_of_day(
            listed_rentals.amount, listed_rentals.first_day,
            listed_rentals.last_day, listed_rentals.last_day
        ) as last_share
    from listed_rentals
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
            when days.usage_date < worth.last_day then worth.even_share
            else worth.last_share
        end as booked_share
    from days
    left join worth on days.lead_ids[1] = worth.lead_id
    where cardinality(days.lead_ids) <= 1
    union all
    select
        listed.car_id,
        listed.amount_share,
        sum(
            case
                when listed.usage_date < worth.last_day then worth.even_share
                else worth.last_share
            end
        ) as booked_share
    from listed
    left join worth on listed.lead_id = worth.lead_id
    group by listed.car_id, listed.usage_date, listed.amount_share
)

select
    compared.car_id as id,
    'shares ' || trim_scale(sum(compared.amount_share)) || ', bookings '
    || trim_scale(sum(coalesce(compared.booked_share, 0))) as detail
from compared
where compared.amount_share <> coalesce(compared.booked_share, 0)
group by compared.car_id;
