-- What:  counts where pages of years counted rows: how many bookings are how long, how many changes a month had; and
--        earlier states of some cars without all bookings that they ever had

create table dm.lead_time_count (
    kind text not null,
    days integer not null,
    bookings bigint not null,
    month date not null,
    constraint lead_time_count_pkey primary key (month, kind, days),
    constraint lead_time_count_kind_known check (kind in ('lead', 'rental'))
);

comment on table dm.lead_time_count is 'Helper, not a figure: how many bookings of dm.lead_time of a month are how long';
comment on column dm.lead_time_count.kind is 'Of which column the days are: lead for lead_days, rental for rental_days';
comment on column dm.lead_time_count.days is 'As in that column of dm.lead_time';
comment on column dm.lead_time_count.bookings is 'How many bookings have so many';
comment on column dm.lead_time_count.month is 'As in dm.lead_time';

insert into dm.lead_time_count (kind, days, bookings, month)
select
    lengths.kind,
    lengths.days,
    count(*) as bookings,
    lead_time.month
from dm.lead_time
cross join lateral (
    values
    ('lead', lead_time.lead_days),
    ('rental', lead_time.rental_days)
) as lengths (kind, days)
where lengths.days is not null
group by lead_time.month, lengths.kind, lengths.days;

create table dm.rental_change_month (
    changes bigint not null,
    extended bigint not null,
    shortened bigint not null,
    moved bigint not null,
    days_delta bigint not null,
    month date not null,
    constraint rental_change_month_pkey primary key (month)
);

comment on table dm.rental_change_month is 'Helper, not a figure: how many rows dm.rental_changes has in a month; months without any have no row';
comment on column dm.rental_change_month.changes is 'Unit: changes. All of them';
comment on column dm.rental_change_month.extended is 'Unit: changes. Those of the kind extended';
comment on column dm.rental_change_month.shortened is 'Unit: changes. Those of the kind shortened';
comment on column dm.rental_change_month.moved is 'Unit: changes. Those of the kind moved';
comment on column dm.rental_change_month.days_delta is 'Unit: charged days. Sum of days_delta';
comment on column dm.rental_change_month.month is 'First day of the month of changed_at, in BUSINESS_TZ';

insert into dm.rental_change_month (changes, extended, shortened, moved, days_delta, month)
select
    count(*) as changes,
    count(*) filter (where rental_changes.kind = 'extended') as extended,
    count(*) filter (where rental_changes.kind = 'shortened') as shortened,
    count(*) filter (where rental_changes.kind = 'moved') as moved,
    coalesce(sum(rental_changes.days_delta), 0) as days_delta,
    date_trunc('month', rental_changes.changed_at at time zone build.business_tz)::date as month
from dm.build
cross join dm.rental_changes
group by date_trunc('month', rental_changes.changed_at at time zone build.business_tz);

create or replace function dm.largest_bookings_as_of(
    as_of date, from_day date, to_day date, most integer, only_cars bigint[] default null
)
returns setof dds.fact_rentals
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    zone constant text := (select build.business_tz from dm.build);
    moment constant timestamptz := dm.end_of_day(as_of);
    from_moment constant timestamptz := from_day::timestamp at time zone zone;
    end_moment constant timestamptz := (to_day + 1)::timestamp at time zone zone;
    -- A car that came later was not there: such a booking lacked one.
    known_cars constant bigint[] := (
        select coalesce(array_agg(distinct hist.id), '{}')
        from ods.ods_cars_hist as hist
        where hist.valid_from <= moment
    );
begin
    if only_cars is not null then
        return query
        select rentals.*
        from unnest(only_cars) as cars (car_id)
        -- Car by car from the first day on: one has had bookings for years.
        cross join lateral (
            select found.*
            from dds.fact_rentals as found
            where
                found.car_id = cars.car_id
                and found.rental_end >= from_moment
                and found.rental_start < end_moment
                and found.rental_end >= found.rental_start
                and found.is_booking
            offset 0
        ) as rentals
        where
            cars.car_id = any(known_cars)
            and (
                select true
                from ods.ods_leads_hist as hist
                where
                    hist.id = rentals.lead_id
                    and hist.is_current
                    and hist.valid_from <= moment
                limit 1
            );
        return query
        select past.*
        from dds.past_bookings_at(
            moment, from_moment, end_moment, false, null, false
        ) as past
        where
            past.rental_end >= past.rental_start
            and past.rental_start < end_moment
            and past.rental_end >= from_moment
            and past.car_id = any(only_cars)
            and past.car_id = any(known_cars);
        return;
    end if;
    return query
    with unchanged as (
        -- Lead by lead, here and below, and not as a join: the first of millions are soon found.
        (
            select rentals.*
            from dds.fact_rentals as rentals
            where
                rentals.is_booking
                and rentals.car_id <> 0
                and rentals.rental_end >= rentals.rental_start
                and rentals.rental_start >= from_moment
                and rentals.rental_start < end_moment
                and rentals.rental_end < end_moment
                and rentals.car_id = any(known_cars)
                and (
                    select true
                    from ods.ods_leads_hist as hist
                    where
                        hist.id = rentals.lead_id
                        and hist.is_current
                        and hist.valid_from <= moment
                    limit 1
                )
            order by rentals.amount desc nulls last, rentals.lead_id
            limit most
        )
        union all
        select over_edges.*
        from (
            select rentals.*
            from dds.bookings_within(
                from_moment, from_moment + interval '1 second'
            ) as rentals
            where rentals.rental_start < from_moment
            union all
            select rentals.*
            from dds.bookings_within(
                end_moment - interval '1 second', end_moment
            ) as rentals
            where rentals.rental_end >= end_moment and rentals.rental_start >= from_moment
        ) as over_edges
        where
            over_edges.rental_end >= over_edges.rental_start
            and over_edges.car_id = any(known_cars)
            and (
                select true
                from ods.ods_leads_hist as hist
                where
                    hist.id = over_edges.lead_id
                    and hist.is_current
                    and hist.valid_from <= moment
                limit 1
            )
    )

    select unchanged.*
    from unchanged
    union all
    select past.*
    from dds.past_bookings_at(
        moment, from_moment, end_moment, false, null, false
    ) as past
    where
        past.rental_end >= past.rental_start
        and past.rental_start < end_moment
        and past.rental_end >= from_moment
        and past.car_id = any(known_cars);
end;
$$;

drop function dm.unattributed_leads_as_of(date, date, date);

create function dm.unattributed_leads_as_of(
    as_of date, from_day date, to_day date, most integer, only_cars bigint[] default null
)
returns table (
    lead_id bigint, car_id bigint, usage_date date, revenue numeric, is_beyond_horizon boolean,
    stage text, lacks_amount boolean, lacks_dates boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := dm.end_of_day(as_of);
begin
    return query
    select
        lacking.lead_id,
        lacking.car_id,
        lacking.usage_date,
        lacking.revenue,
        lacking.is_beyond_horizon,
        coalesce(
            dict_status_leads.stage, dict.unknown_status_stage(hist.status_id)
        ),
        case
            when hist.budget > 0 then hist.budget
            else
                hist.dailyrate * dds.rental_days(
                    hist.rental_start, hist.rental_end, build.business_tz,
                    build.grace_minutes
                )
        end is null,
        (hist.rental_end >= hist.rental_start) is not true
    from dm.build
    -- The largest first: what they lacked is asked of those alone that are shown.
    cross join (
        select found.*
        from dds.unattributed_at(moment, from_day, to_day) as found
        where only_cars is null or found.car_id = any(only_cars)
        order by found.revenue desc, found.lead_id
        limit most
    ) as lacking
    cross join lateral (
        select versions.*
        from ods.ods_leads_hist as versions
        where
            versions.id = lacking.lead_id
            and versions.valid_from <= moment
            and (versions.valid_to > moment or versions.valid_to is null)
        offset 0
    ) as hist
    left join dict.dict_status_leads
        on
            hist.pipeline_id = dict_status_leads.pipeline_id
            and hist.status_id = dict_status_leads.status_id;
end;
$$;

comment on function dm.unattributed_leads_as_of(date, date, date, integer, bigint[]) is 'The largest rows of dm.unattributed_booking of a period with what each of them lacked, as they were at the end of a day: as_of, first day, last day, how many or null for all, ids of cars or null for all, 0 stands for none';

select ops.grant_roles();
