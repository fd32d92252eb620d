-- What:  warn: live cars that bear the same plate
-- Grain: one row per car
-- Reads: ods.ods_cars_hist
-- Scope: everything
-- After: merge_ods_cars: ods.ods_cars_hist
--
-- Why: a look-up by that plate finds no car for certain, so its rentals go to the
-- unknown car. Looks at all live cars each time: they are few, and the warning stays
-- until the plates are put right.

select
    ods_cars_hist.id,
    'same plate as car ' || string_agg(twins.id::text, ', ' order by twins.id)
        as detail
from ods.ods_cars_hist
inner join ods.ods_cars_hist as twins
    on
        ods.lookup_key(ods_cars_hist.plate) = ods.lookup_key(twins.plate)
        and ods_cars_hist.id <> twins.id
where
    ods_cars_hist.is_current
    and twins.is_current
group by ods_cars_hist.id;
