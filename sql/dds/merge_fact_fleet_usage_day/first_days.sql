-- What:  writes all days of a first build, which nothing is stored to compare with
-- Grain: dds.fact_fleet_usage_day: a car and day (of other builds: none); dds.changed_car_day: one
--        row for all of them, where a mart that was built before wants to know
-- Reads: reading and car_versions (of the files before), car_lives (of car_lives.sql), booked_days
--        (of booked_days.sql)
-- If:    days_left_over
--
-- Days of its lives, and days that a car is booked for outside of them. Car by car, so that the
-- days come in the order of their key and no more than those of one car are sorted: all together,
-- those of a large account would go through files. The indexes, the key too, are made once all
-- rows are there. In one block, of which other days plan nothing.

do $$
begin
    if not (select reading.is_first from reading) then
        return;
    end if;

    create index on booked_days (car_id);
    perform ops.drop_indexes_of('dds.fact_fleet_usage_day');

    insert into dds.fact_fleet_usage_day (
        car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days, is_rented,
        is_double_booked, is_unpriced, usage_date, load_date
    )
    select
        cars.car_id,
        days.plate,
        coalesce(days.rentals_cnt, 0) as rentals_cnt,
        coalesce(days.lead_ids, '{}'::bigint[]) as lead_ids,
        coalesce(days.amount_share, 0) as amount_share,
        coalesce(days.charged_days, 0) as charged_days,
        coalesce(days.rentals_cnt, 0) > 0 as is_rented,
        coalesce(days.rentals_cnt, 0) > 1 as is_double_booked,
        coalesce(days.is_unpriced, false) as is_unpriced,
        days.usage_date,
        reading.logical_date as load_date
    from (
        select distinct car_versions.car_id
        from car_versions
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
    ) as days
    cross join reading;

    perform dds.create_indexes_of_fleet_days();

    insert into dds.changed_car_day (
        car_ids, usage_dates, car_days, rented_days, charged_days, unpriced_days, revenue
    )
    select
        array_agg(fact_fleet_usage_day.car_id),
        array_agg(fact_fleet_usage_day.usage_date),
        array_agg(1),
        array_agg(fact_fleet_usage_day.is_rented::integer),
        array_agg(fact_fleet_usage_day.charged_days),
        array_agg(fact_fleet_usage_day.is_unpriced::integer),
        array_agg(fact_fleet_usage_day.amount_share)
    from reading
    inner join dds.fact_fleet_usage_day on reading.are_days_noted
    having count(*) > 0;
end
$$;

select reading.is_first::integer as is_first_build
from reading;
