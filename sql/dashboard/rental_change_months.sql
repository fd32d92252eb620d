-- What:  how often the dates of bookings were changed, and by how many charged days in all
-- Grain: one row per month, those between the first and the last change without any too
-- Reads: dm.rental_change_month, dm.build; $1 first and $2 last month
with counts as (
    select rental_change_month.*
    from dm.rental_change_month
    where rental_change_month.month between $1::date and $2::date
),

months as (
    select
        generate_series(
            min(counts.month)::timestamp, max(counts.month)::timestamp, interval '1 month'
        )::date as month
    from counts
)

select
    months.month::text as month,
    coalesce(counts.extended, 0)::integer as extended,
    coalesce(counts.shortened, 0)::integer as shortened,
    coalesce(counts.moved, 0)::integer as moved,
    coalesce(counts.days_delta, 0)::integer as days_delta,
    (months.month + interval '1 month')::date - 1 <= build.last_finished_day as is_complete
from months
cross join dm.build
left join counts on months.month = counts.month
order by months.month
