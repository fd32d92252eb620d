-- What:  merges the copies of cars that landed since the last merge into the history
-- Grain: one row per version of a car, valid in [valid_from, valid_to)
-- Reads: stg.stg_cars, ops.watermark
--
-- All versions of a changed car are computed anew from all its copies and compared
-- with the stored ones: the history stays a pure function of stg, whatever the
-- order of arrival.

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_cars', 'ods.ods_cars_hist');

create temporary table changed_cars on commit drop as
select
    stg_cars.id,
    count(*) as copies,
    max(stg_cars.landed_seq) as landed_seq
from stg.stg_cars
where
    stg_cars.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_cars_hist'
    )
group by stg_cars.id;

analyze changed_cars;

create temporary table car_versions on commit drop as
with copies as (
    -- A deleted copy is a marker: what it carries besides is never data.
    select
        stg_cars.id,
        stg_cars.row_hash,
        stg_cars.is_deleted,
        stg_cars.deleted_by,
        stg_cars.updated_at,
        stg_cars.observed_at,
        case
            when not stg_cars.is_deleted
                then row(
                    stg_cars.model, stg_cars.color, stg_cars.plate,
                    stg_cars.vin, stg_cars.year, stg_cars.dailyrate
                )
        end as state
    from stg.stg_cars
    inner join changed_cars on stg_cars.id = changed_cars.id
),

seen_together as (
    -- Equal in both times: the greatest hash wins, a rule as good as any other.
    select
        copies.*,
        row_number() over one_sight as place,
        copies.state is distinct from first_value(copies.state) over one_sight
            as is_beaten
    from copies
    window one_sight as (
        partition by copies.id, copies.updated_at, copies.observed_at
        order by copies.row_hash desc
    )
),

seen_in_order as (
    select
        seen_together.*,
        row_number() over one_update as sight,
        seen_together.state
        is distinct from lag(seen_together.state) over one_update as is_changed
    from seen_together
    where seen_together.place = 1
    window one_update as (
        partition by seen_together.id, seen_together.updated_at
        order by seen_together.observed_at
    )
),

opened as (
    -- The first copy of an update opens at the update, a later and different one
    -- when it was seen.
    select
        seen_in_order.*,
        case
            when seen_in_order.sight = 1 then seen_in_order.updated_at
            else seen_in_order.observed_at
        end as opens_at
    from seen_in_order
    where seen_in_order.sight = 1 or seen_in_order.is_changed
),

opened_together as (
    -- Copies of different updates that open at one moment: the later update wins.
    select
        opened.*,
        row_number() over one_moment as place_in_moment,
        opened.state is distinct from first_value(opened.state) over one_moment
            as is_overruled
    from opened
    window one_moment as (
        partition by opened.id, opened.opens_at
        order by opened.updated_at desc, opened.observed_at desc
    )
),

changes as (
    select
        opened_together.*,
        opened_together.state
        is distinct from lag(opened_together.state) over history as is_change
    from opened_together
    where opened_together.place_in_moment = 1
    window history as (
        partition by opened_together.id
        order by opened_together.opens_at
    )
),

closed as (
    select
        changes.*,
        lead(changes.opens_at) over history as closes_at,
        lead(changes.deleted_by) over history as closed_by
    from changes
    where changes.is_change
    window history as (partition by changes.id order by changes.opens_at)
),

ties as (
    select
        (select count(*) from seen_together where seen_together.is_beaten)
        + (select count(*) from opened_together where opened_together.is_overruled)
            as copies
)

select
    closed.id,
    closed.row_hash,
    closed.closed_by,
    closed.updated_at,
    closed.opens_at as valid_from,
    closed.closes_at as valid_to,
    ties.copies as tied_copies
from closed
cross join ties
where not closed.is_deleted;

analyze car_versions;

create temporary table merge_counts (
    removed bigint not null default 0,
    opened bigint not null default 0,
    closed bigint not null default 0,
    reopened bigint not null default 0
) on commit drop;

with removed_versions as (
    delete from ods.ods_cars_hist
    using changed_cars
    where
        ods_cars_hist.id = changed_cars.id
        and not exists (
            select
            from car_versions
            where
                car_versions.id = ods_cars_hist.id
                and car_versions.valid_from = ods_cars_hist.valid_from
        )
    returning ods_cars_hist.id
)

insert into merge_counts (removed)
select count(*)
from removed_versions;

with written_versions as (
    insert into ods.ods_cars_hist (
        id, valid_from, load_date,
        model, color, plate, vin, year, dailyrate, created_at, updated_at,
        valid_to, is_current, closed_by
    )
    select
        car_versions.id,
        car_versions.valid_from,
        current_setting('rental.logical_date')::date as load_date,
        stg_cars.model,
        stg_cars.color,
        stg_cars.plate,
        stg_cars.vin,
        stg_cars.year,
        stg_cars.dailyrate,
        stg_cars.created_at,
        stg_cars.updated_at,
        car_versions.valid_to,
        car_versions.valid_to is null as is_current,
        car_versions.closed_by
    from car_versions
    inner join stg.stg_cars
        on
            car_versions.id = stg_cars.id
            and car_versions.updated_at = stg_cars.updated_at
            and car_versions.row_hash = stg_cars.row_hash
    -- Oldest first: a version is closed before its successor opens.
    order by car_versions.id, car_versions.valid_from
    on conflict (id, valid_from) do update
    set
        load_date = excluded.load_date,
        (
            model, color, plate, vin, year, dailyrate, created_at, updated_at,
            valid_to, is_current, closed_by
        ) = row(
            excluded.model, excluded.color, excluded.plate, excluded.vin,
            excluded.year, excluded.dailyrate, excluded.created_at,
            excluded.updated_at, excluded.valid_to, excluded.is_current,
            excluded.closed_by
        )
    where
        row(
            ods_cars_hist.model, ods_cars_hist.color, ods_cars_hist.plate,
            ods_cars_hist.vin, ods_cars_hist.year, ods_cars_hist.dailyrate,
            ods_cars_hist.created_at, ods_cars_hist.updated_at,
            ods_cars_hist.valid_to, ods_cars_hist.is_current,
            ods_cars_hist.closed_by
        ) is distinct from row(
            excluded.model, excluded.color, excluded.plate, excluded.vin,
            excluded.year, excluded.dailyrate, excluded.created_at,
            excluded.updated_at, excluded.valid_to, excluded.is_current,
            excluded.closed_by
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning ods_cars_hist.is_current, ods_cars_hist.xmax = 0 as is_new
)

insert into merge_counts (opened, closed, reopened)
select
    count(*) filter (where written_versions.is_new),
    count(*) filter (
        where not written_versions.is_new and not written_versions.is_current
    ),
    count(*) filter (
        where not written_versions.is_new and written_versions.is_current
    )
from written_versions;

update ops.watermark
set
    position = (select max(changed_cars.landed_seq) from changed_cars),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_cars_hist'
    and exists (select from changed_cars);

select
    (select coalesce(sum(changed_cars.copies), 0)::bigint from changed_cars)
        as rows_read,
    sum(
        merge_counts.removed + merge_counts.opened + merge_counts.closed
        + merge_counts.reopened
    )::bigint as rows_written,
    (select count(*) from changed_cars) as ids_changed,
    sum(merge_counts.opened)::bigint as versions_opened,
    sum(merge_counts.closed)::bigint as versions_closed,
    sum(merge_counts.reopened)::bigint as versions_reopened,
    sum(merge_counts.removed)::bigint as versions_removed,
    (select coalesce(max(car_versions.tied_copies), 0) from car_versions)
        as warning_tied_copies
from merge_counts;
