-- What:  warn: rentals with a date beyond the horizon, as of a year that was mistyped
-- Grain: one row per lead
-- Reads: changed_rentals (what dds.fact_rentals has of changed_leads), stg.stg_leads and
--        stg.stg_cars (where the horizon begins)
-- Scope: changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: days more than MAX_HORIZON_DAYS past the logical date, or as many before the first
-- lead or car was created, are not built, and their share of the amount is on no day.
-- Correct the date in amoCRM; the next load takes it in.

with days as materialized (
    select
        dds.first_day_of_horizon(
            current_setting('rental.business_tz'),
            current_setting('rental.logical_date')::date,
            current_setting('rental.max_horizon_days')::integer
        ) as first_day,
        current_setting('rental.logical_date')::date
        + current_setting('rental.max_horizon_days')::integer as last_day
),

horizon as materialized (
    select
        days.*,
        days.first_day::timestamp at time zone current_setting('rental.business_tz')
            as first_moment,
        (days.last_day + 1)::timestamp
        at time zone current_setting('rental.business_tz') as end_moment
    from days
)

select
    changed_rentals.lead_id as id,
    'from ' || coalesce(changed_rentals.rental_start::text, 'no date') || ' to '
    || coalesce(changed_rentals.rental_end::text, 'no date') || ', built are '
    || horizon.first_day || ' to ' || horizon.last_day as detail
from changed_rentals
cross join horizon
where
    least(changed_rentals.rental_start, changed_rentals.rental_end)
    < horizon.first_moment
    -- A rental that ends at the midnight after the last day is within.
    or greatest(changed_rentals.rental_start, changed_rentals.rental_end)
    > horizon.end_moment;
