-- What:  adds the cars whose newest row in stg is not what their open version says to what checks
--        of the history look at
-- Grain: newest_sights (of scope_history.sql): a car and its open version
-- Reads: changed_cars, stg.stg_cars, ods.ods_cars_hist, ops.watermark
--
-- What a load has landed since the last merge is not in the history yet. (By a difference, so
-- that the rows are found by their cars: nearly all have landed before. Of each car the last
-- ones alone are read, however long its life is.)

insert into newest_sights (
    table_name, id, is_deleted, is_open, observed_at, opened_at
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = 'ods.ods_cars_hist'
),

sights as not materialized (
    select last_ones.*
    from changed_cars
    cross join lateral (
        select stg_cars.*
        from stg.stg_cars
        where
            stg_cars.id = changed_cars.id
            and stg_cars.landed_seq - (select merged.position from merged) <= 0
        order by stg_cars.observed_at desc
        fetch first 1 row with ties
    ) as last_ones
),

contradictions as materialized (
    select
        sights.id,
        sights.row_hash,
        sights.is_deleted,
        sights.updated_at,
        sights.observed_at,
        ods_cars_hist.valid_from as opened_at
    from sights
    left join ods.ods_cars_hist
        on sights.id = ods_cars_hist.id and ods_cars_hist.is_current
    where
        sights.is_deleted = (ods_cars_hist.id is not null)
        or (
            not sights.is_deleted
            and row(
                sights.model, sights.color, sights.plate, sights.vin,
                sights.year, sights.dailyrate, sights.in_fleet_from,
                sights.in_fleet_to
            ) is distinct from row(
                ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
                ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
                ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
            )
        )
)

select
    'ods.ods_cars_hist' as table_name,
    contradictions.id,
    contradictions.is_deleted,
    contradictions.opened_at is not null as is_open,
    contradictions.observed_at,
    contradictions.opened_at
from contradictions
-- The last one in the order of stg decides.
where
    not exists (
        select
        from stg.stg_cars as later
        where
            later.id = contradictions.id
            and later.landed_seq - (select merged.position from merged) <= 0
            and (
                later.observed_at, later.updated_at, later.is_deleted,
                later.row_hash collate "C"
            ) > (
                contradictions.observed_at, contradictions.updated_at,
                contradictions.is_deleted, contradictions.row_hash collate "C"
            )
    );

select count(*) as cars_to_judge
from newest_sights;
