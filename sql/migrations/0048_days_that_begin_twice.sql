-- What:  the first moment of a day, also where the clock is put back at its first hour and midnight comes twice (the
--        Azores, Havana)
-- Data:  the next run counts leads and changes of rentals anew: an hour of such a night was in the day before it

create function dds.day_start(day date, business_tz text)
returns timestamptz
language sql
immutable
parallel safe
return case
    -- PostgreSQL takes the second of two midnights.
    when
        (
            (day::timestamp at time zone business_tz - interval '1 hour')
            at time zone business_tz
        )::date = day
        then day::timestamp at time zone business_tz - interval '1 hour'
    else day::timestamp at time zone business_tz
end;

comment on function dds.day_start(date, text) is 'The first moment of a day in a time zone: midnight, the first of two, or one where the clock is put forward at midnight';

create or replace function dm.end_of_day(day date)
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select dds.day_start(day + 1, build.business_tz) - interval '1 second'
    from dm.build
$$;

update ops.watermark
set
    settings = null,
    changed_at = clock_timestamp()
from dm.build
where
    watermark.name in ('dm.lead_state/leads', 'dm.rental_changes/leads')
    -- Where there was such a night since the first load.
    and exists (
        select
        from generate_series(
            build.first_load_day::timestamp, build.last_finished_day::timestamp,
            interval '1 day'
        ) as days (day)
        where
            dds.day_start(days.day::date, build.business_tz)
            <> days.day at time zone build.business_tz
    );

select ops.grant_roles();
