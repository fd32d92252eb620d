-- What:  warn: rentals that end before they start
-- Grain: one row per lead
-- Reads: changed_rentals (what dds.fact_rentals has of changed_leads)
-- Scope: changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: such a rental has no days, so it earns nothing and books no car until its dates
-- are put right in amoCRM.

select
    changed_rentals.lead_id as id,
    'from ' || changed_rentals.rental_start || ' to ' || changed_rentals.rental_end
        as detail
from changed_rentals
where changed_rentals.rental_end < changed_rentals.rental_start;
