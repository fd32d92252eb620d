-- What:  finds the cars that changed, and shows them the files of the law of history
-- Grain: changed_cars: a car; of the only copy that landed of one, where it lies and when it
--        opens, and of a live one whether it is_other than the open version at stored_place
-- Reads: stg.stg_cars, ods.ods_cars_hist, ops.watermark

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_cars', 'ods.ods_cars_hist');

-- Only where the versions that are there tell what was merged before.
select set_config('rental.may_go_on', (watermark.position > 0)::text, true) as may_go_on
from ops.watermark
where watermark.name = 'ods.ods_cars_hist';

create temporary table changed_cars on commit drop as
with merged as (
    select
        watermark.position = 0
        and not exists (select from ods.ods_cars_hist) as is_first_build
    from ops.watermark
    where watermark.name = 'ods.ods_cars_hist'
),

changes as (
    select
        stg_cars.id,
        stg_cars.landed_seq,
        stg_cars.ctid as new_place,
        least(stg_cars.observed_at, stg_cars.updated_at) as opens_at,
        open_versions.stored_place,
        open_versions.is_other
    from stg.stg_cars
    -- Of a live copy what the open version of its car says, while the copy is at hand.
    left join lateral (
        select
            ods_cars_hist.ctid as stored_place,
            row(
                stg_cars.model, stg_cars.color, stg_cars.plate, stg_cars.vin, stg_cars.year,
                stg_cars.dailyrate, stg_cars.in_fleet_from, stg_cars.in_fleet_to
            ) is distinct from row(
                ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
                ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
                ods_cars_hist.in_fleet_from, ods_cars_hist.in_fleet_to
            ) as is_other
        from ods.ods_cars_hist
        where
            ods_cars_hist.id = stg_cars.id
            and ods_cars_hist.is_current
            and not stg_cars.is_deleted
        -- Said, so that each is looked up, however many the planner thinks there are.
        limit 1
    ) as open_versions on true
    where
        stg_cars.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_cars_hist'
        )
),

counted as (
    select
        changes.id,
        count(*) as copies,
        max(changes.landed_seq) as landed_seq,
        max(changes.new_place) as new_place,
        max(changes.stored_place) as stored_place,
        max(changes.opens_at) as opens_at,
        -- Null where there is more to a car than one live copy beside an open version.
        case when count(*) = 1 then bool_or(changes.is_other) end as is_other
    from changes
    group by changes.id
)

select
    counted.id,
    counted.copies,
    counted.landed_seq,
    counted.copies = 1 and (select merged.is_first_build from merged) as is_alone,
    counted.new_place,
    counted.stored_place,
    -- Of the only new copy: when the last was seen before it, if it is the last itself.
    case
        when counted.is_other is not null
            then (
                select stg_cars.observed_at
                from stg.stg_cars
                where stg_cars.id = counted.id
                order by stg_cars.observed_at desc
                limit 1 offset 1
            )
    end as seen_before_at,
    counted.opens_at,
    counted.is_other
from counted
-- In the order of what is looked up for them: neighbours are in pages already read.
order by 1;

analyze changed_cars (id, is_alone, is_other);

create temporary view changed_records as
select
    changed_cars.id,
    changed_cars.new_place,
    changed_cars.stored_place,
    changed_cars.seen_before_at,
    changed_cars.opens_at,
    changed_cars.is_other,
    changed_cars.is_alone
from changed_cars;

select coalesce(sum(changed_cars.copies), 0)::bigint as rows_read
from changed_cars;
