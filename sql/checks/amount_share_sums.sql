-- What:  error: days whose shares of amounts do not sum up to what their bookings say
-- Grain: one row per car
-- Reads: suspect_days (of ops/scope_days.sql), listed_rentals (what dds.fact_rentals has of the
--        leads on them)
-- Scope: changed_car_days
-- After: merge_fact_fleet_usage_day: dds.fact_fleet_usage_day
--
-- Why: revenue by day and revenue by rental would be two figures.

-- Nearly all lists have one lead, which is no list to take apart.
with listed as (
    select distinct
        suspect_days.car_id,
        suspect_days.usage_date,
        suspect_days.amount_share,
        lead_ids.lead_id
    from suspect_days
    cross join lateral unnest(suspect_days.lead_ids) as lead_ids (lead_id)
    where cardinality(suspect_days.lead_ids) > 1
),

compared as (
    select
        suspect_days.car_id,
        suspect_days.amount_share,
        dds.share_of_day(
            listed_rentals.amount, listed_rentals.first_day, listed_rentals.last_day,
            suspect_days.usage_date
        ) as booked_share
    from suspect_days
    left join listed_rentals on suspect_days.lead_ids[1] = listed_rentals.lead_id
    where cardinality(suspect_days.lead_ids) <= 1
    union all
    select
        listed.car_id,
        listed.amount_share,
        sum(
            dds.share_of_day(
                listed_rentals.amount, listed_rentals.first_day,
                listed_rentals.last_day, listed.usage_date
            )
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
