-- What:  shows versions.sql and newest.sql the cars that changed, and versions.sql their
--        versions
-- Grain: looked_at: a car; kept_versions: a version, of which is_doubtful says, where it is
--        open, that the newest row of its car in stg may say something else
-- Reads: changed_cars, stg.stg_cars, ods.ods_cars_hist, ops.watermark

create temporary view looked_at as
select changed_cars.id
from changed_cars;

create temporary view kept_versions as
select
    ods_cars_hist.id,
    ods_cars_hist.is_current,
    ods_cars_hist.updated_at,
    ods_cars_hist.valid_from,
    ods_cars_hist.valid_to,
    case
        when
            ods_cars_hist.is_current
            -- Of very many newest.sql looks for itself.
            and not (select current_setting('rental.is_large_scope')::boolean)
            then (
                select
                    stg_cars.is_deleted
                    or row(
                        stg_cars.model, stg_cars.color, stg_cars.plate, stg_cars.vin,
                        stg_cars.year, stg_cars.dailyrate, stg_cars.in_fleet_from,
                        stg_cars.in_fleet_to
                    ) is distinct from row(
                        ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
                        ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
                        ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
                    )
                    or exists (
                        select
                        from stg.stg_cars as twins
                        where
                            twins.id = stg_cars.id
                            and twins.observed_at = stg_cars.observed_at
                            and twins.row_hash < stg_cars.row_hash
                    )
                from stg.stg_cars
                where
                    stg_cars.id = ods_cars_hist.id
                    -- What a load has landed since the last merge is not in the history
                    -- yet. (Asked as "is not true", so that nobody looks for the rows by
                    -- it: nearly all have landed before.)
                    and (
                        stg_cars.landed_seq
                        > (
                            select watermark.position
                            from ops.watermark
                            where watermark.name = 'ods.ods_cars_hist'
                        )
                    ) is not true
                -- Of two that were seen at one time the twin is the other one.
                order by stg_cars.observed_at desc, stg_cars.row_hash desc
                limit 1
            )
    end as is_doubtful
from ods.ods_cars_hist;

select set_config('rental.scoped_history', 'ods.ods_cars_hist', true) as scoped_history;
