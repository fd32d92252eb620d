-- What:  finds which version of a car a day belongs to, and until when the car was idle then
-- Grain: car_versions: one row per version of a car that a day belongs to
-- Reads: ods.ods_cars_hist, reading (of calendar.sql)
-- If:    days_may_change (of changed_bookings.sql)
--
-- The last version to open on a day or before it is the one of that day; the first one
-- stands for the days before it too.

create temporary table car_versions on commit drop as
with versions as (
    select
        ods_cars_hist.id as car_id,
        ods_cars_hist.plate,
        row_number() over history as place,
        (
            ods_cars_hist.valid_from
            at time zone current_setting('rental.business_tz')
        )::date as opens_on,
        (
            lead(ods_cars_hist.valid_from) over history
            at time zone current_setting('rental.business_tz')
        )::date as next_opens_on,
        (
            ods_cars_hist.valid_to at time zone current_setting('rental.business_tz')
        )::date as last_valid_on,
        (
            coalesce(
                last_value(ods_cars_hist.created_at) over whole_history,
                first_value(ods_cars_hist.valid_from) over whole_history
            ) at time zone current_setting('rental.business_tz')
        )::date as created_on,
        last_value(ods_cars_hist.in_fleet_from) over whole_history as in_fleet_from,
        last_value(ods_cars_hist.in_fleet_to) over whole_history as in_fleet_to
    from ods.ods_cars_hist
    window
        history as (
            partition by ods_cars_hist.id
            order by ods_cars_hist.valid_from
        ),
        whole_history as (
            partition by ods_cars_hist.id
            order by ods_cars_hist.valid_from
            rows between unbounded preceding and unbounded following
        )
)

select
    versions.car_id,
    versions.plate,
    coalesce(versions.in_fleet_from, versions.created_on) as joins_on,
    case when versions.place = 1 then '-infinity' else versions.opens_on end
        as first_day,
    coalesce(versions.next_opens_on - 1, 'infinity') as last_day,
    least(
        versions.next_opens_on - 1, versions.last_valid_on, versions.in_fleet_to,
        reading.last_day
    ) as last_idle_day
from versions
cross join reading
where
    versions.place = 1
    or versions.next_opens_on is null
    or versions.next_opens_on > versions.opens_on;

analyze car_versions;

select count(distinct car_versions.car_id) as cars
from car_versions;
