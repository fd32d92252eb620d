-- What:  writes the rentals that changed
-- Grain: one row per live lead that is now in the rental pipeline
-- Reads: desired_rentals and rental_changes (of changes.sql), progress and reading (of
--        progress.sql)

delete from dds.fact_rentals
using rental_changes
where fact_rentals.lead_id = rental_changes.lead_id;

update desired_rentals
set load_date = current_setting('rental.logical_date')::date
from rental_changes
where desired_rentals.lead_id = rental_changes.lead_id and not rental_changes.is_new;

insert into dds.fact_rentals
select desired_rentals.*
from desired_rentals
inner join rental_changes on desired_rentals.lead_id = rental_changes.lead_id
order by desired_rentals.lead_id;

select
    dds.note_changed_leads(array(select rental_changes.lead_id from rental_changes))
        as leads_noted;

with positions as (
    select
        progress.name,
        progress.read_to as position,
        case when progress.name = 'dds.fact_rentals' then reading.settings_now end
            as settings
    from progress
    cross join reading
)

update ops.watermark
set
    position = positions.position,
    settings = positions.settings,
    changed_at = clock_timestamp()
from positions
where
    watermark.name = positions.name
    and row(watermark.position, watermark.settings)
    is distinct from row(positions.position, positions.settings);

select
    count(*) as rows_written,
    count(*) filter (where rental_changes.is_new) as rentals_inserted,
    count(*) filter (
        where not rental_changes.is_new and not rental_changes.is_gone
    ) as rentals_updated,
    count(*) filter (where rental_changes.is_gone) as rentals_deleted
from rental_changes;
