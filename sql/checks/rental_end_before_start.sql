-- What:  warn: rentals that end before they start
-- Grain: one row per lead
-- Reads: dds.fact_rentals, changed_leads
-- Scope: changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: such a rental has no days, so it earns nothing and books no car until its dates
-- are put right in amoCRM.

select
    fact_rentals.lead_id as id,
    'from ' || fact_rentals.rental_start || ' to ' || fact_rentals.rental_end
        as detail
from dds.fact_rentals
inner join changed_leads on fact_rentals.lead_id = changed_leads.id
where fact_rentals.rental_end < fact_rentals.rental_start;
