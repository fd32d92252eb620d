-- What:  how often the dates of bookings were changed, and by how many charged days in all
-- Grain: one row per month, those between the first and the last change without any too
-- Reads: dm.rental_changes, dm.build; $1 first and $2 last month
with months as (
    select
        calendar.month::date as month,
        calendar.month at time zone build.business_tz as from_moment,
        (calendar.month + interval '1 month') at time zone build.business_tz as end_moment,
        (calendar.month + interval '1 month')::date - 1 <= build.last_finished_day
            as is_complete
    from dm.build
    cross join generate_series(
        $1::date::timestamp, $2::date::timestamp, interval '1 month'
    ) as calendar (month)
),

-- Month by month: a range of moments is cheaper than the month of each change.
counts as materialized (
    select
        months.month,
        months.is_complete,
        found.*
    from months
    cross join lateral (
        select
            count(*) as changes,
            (count(*) filter (where rental_changes.kind = 'extended'))::integer as extended,
            (count(*) filter (where rental_changes.kind = 'shortened'))::integer as shortened,
            (count(*) filter (where rental_changes.kind = 'moved'))::integer as moved,
            coalesce(sum(rental_changes.days_delta), 0)::integer as days_delta
        from dm.rental_changes
        where
            rental_changes.changed_at >= months.from_moment
            and rental_changes.changed_at < months.end_moment
    ) as found
)

select
    counts.month::text as month,
    counts.extended,
    counts.shortened,
    counts.moved,
    counts.days_delta,
    counts.is_complete
from counts
where
    counts.month between (
        select min(others.month)
        from counts as others
        where others.changes > 0
    ) and (
        select max(others.month)
        from counts as others
        where others.changes > 0
    )
order by counts.month
