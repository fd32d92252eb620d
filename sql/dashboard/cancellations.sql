-- What:  what became of confirmed leads, by the month of their confirmation or of their start
-- Grain: one row per month with confirmed leads
-- Reads: dm.cancellations, dm.build; $1 basis (confirmation or start), $2 first and $3 last month
select
    cancellations.month::text as month,
    cancellations.confirmed::integer as confirmed,
    cancellations.cancelled::integer as cancelled,
    cancellations.no_shows::integer as no_shows,
    cancellations.pending::integer as pending,
    (cancellations.confirmed - cancellations.cancelled - cancellations.pending)::integer
        as closed,
    cancellations.rate::text as rate,
    (cancellations.month + interval '1 month')::date - 1 <= build.last_finished_day
        as is_complete
from dm.cancellations
cross join dm.build
where
    cancellations.basis = $1::text
    and cancellations.month between $2::date and $3::date
order by cancellations.month
