-- What:  shows all days of a first build, which nothing is stored to compare with
-- Grain: first_days: a car and day that fleet usage should have a row for (of other builds: none)
-- Reads: reading and car_versions (of the files before), car_lives (of car_lives.sql), booked_days
--        (of booked_days.sql)
--
-- Days of its lives, and days that a car is booked for outside of them. Car by car, so that the
-- days come in the order of their key and no more than those of one car are sorted: all together,
-- those of a large account would go through files.

do $$
begin
    if (select reading.is_first from reading) then
        create index on booked_days (car_id);
    end if;
end
$$;

create temporary view first_days as
select
    cars.car_id,
    days.usage_date,
    days.plate,
    coalesce(days.rentals_cnt, 0) as rentals_cnt,
    coalesce(days.lead_ids, '{}'::bigint[]) as lead_ids,
    coalesce(days.amount_share, 0) as amount_share,
    coalesce(days.charged_days, 0) as charged_days,
    coalesce(days.is_unpriced, false) as is_unpriced
from (
    select distinct car_versions.car_id
    from car_versions
    where (select reading.is_first from reading)
    order by car_versions.car_id
) as cars
cross join lateral (
    select
        usage_date,
        car_lives.plate,
        booked.rentals_cnt,
        booked.lead_ids,
        booked.amount_share,
        booked.charged_days,
        booked.is_unpriced
    from (
        select
            greatest(car_lives.version_from, car_lives.first_day) + generate_series(
                0,
                car_lives.last_idle_day
                - greatest(car_lives.version_from, car_lives.first_day)
            ) as usage_date
        from car_lives
        where car_lives.car_id = cars.car_id
    ) as lives
    full join (
        select booked_days.*
        from booked_days
        where booked_days.car_id = cars.car_id
    ) as booked using (usage_date)
    inner join car_lives
        on
            usage_date between car_lives.version_from and car_lives.version_to
            and car_lives.car_id = cars.car_id
    order by usage_date
    offset 0
) as days;

select reading.is_first::integer as is_first_build
from reading;
