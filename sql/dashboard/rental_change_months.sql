-- What:  how often the dates of bookings were changed, and by how many charged days in all
-- Grain: one row per month, those between the first and the last change without any too
-- Reads: dm.rental_changes, dm.build; $1 first and $2 last month
with changes as (
    select
        date_trunc(
            'month', rental_changes.changed_at at time zone build.business_tz
        )::date as month,
        rental_changes.kind,
        rental_changes.days_delta
    from dm.rental_changes
    cross join dm.build
    where
        rental_changes.changed_at >= (
            select $1::date::timestamp at time zone zone.business_tz
            from dm.build as zone
        )
        and rental_changes.changed_at < (
            select ($2::date + interval '1 month') at time zone zone.business_tz
            from dm.build as zone
        )
),

months as (
    select generate_series(min(changes.month), max(changes.month), interval '1 month')::date
        as month
    from changes
)

select
    months.month::text as month,
    count(*) filter (where changes.kind = 'extended')::integer as extended,
    count(*) filter (where changes.kind = 'shortened')::integer as shortened,
    count(*) filter (where changes.kind = 'moved')::integer as moved,
    coalesce(sum(changes.days_delta), 0)::integer as days_delta,
    (months.month + interval '1 month')::date - 1 <= build.last_finished_day as is_complete
from months
cross join dm.build
left join changes on months.month = changes.month
group by months.month, build.last_finished_day
order by months.month
