-- What:  status changes by one walk over evidence, and fleet usage at the price of the days that changed
-- Data:  both facts are computed anew by the next run

create function stg.status_of_side(side jsonb)
returns table (pipeline_id bigint, status_id bigint)
language sql
immutable
parallel safe
begin atomic
    select
        -- "Case" keeps the casts behind the condition.
        case when texts.is_whole then texts.pipeline_id::bigint end,
        case when texts.is_whole then texts.status_id::bigint end
    from (
        select
            status.value ->> 'pipeline_id' as pipeline_id,
            status.value ->> 'id' as status_id,
            coalesce(
                jsonb_typeof(status.value -> 'pipeline_id') = 'number'
                and status.value ->> 'pipeline_id' ~ '^[1-9][0-9]{0,17}$'
                and jsonb_typeof(status.value -> 'id') = 'number'
                and status.value ->> 'id' ~ '^[1-9][0-9]{0,17}$',
                false
            ) as is_whole
        from (values (side #> '{0,lead_status}')) as status (value)
    ) as texts
    where texts.is_whole;
end;

comment on function stg.status_of_side(jsonb) is 'The status that a side (before or after) of a lead_status_changed event tells; no row when it does not parse';

-- One item of what is known of a lead's status: an event (from one to another), a row of stg (to) or a marker of
-- deletion (neither).
create type dds.evidence as (
    item bigint,
    kind text,
    from_pipeline_id bigint,
    from_status_id bigint,
    to_pipeline_id bigint,
    to_status_id bigint
);

-- Takes a lead's items of one second, rows in their order, and puts them in the order that chains best. A marker
-- is given the status that was known: the last item says what is known after it.
create function dds.chain_second(walked dds.evidence[], items dds.evidence[])
returns dds.evidence[]
language plpgsql
immutable
parallel safe
as $$
declare
    known dds.evidence := walked[cardinality(walked)];
begin
    if cardinality(items) = 1 then
        if items[1].kind = 'marker' then
            items[1].to_pipeline_id := known.to_pipeline_id;
            items[1].to_status_id := known.to_status_id;
        end if;
        return items;
    end if;

    return (
        with recursive orders as (
            select
                array[]::dds.evidence[] as taken,
                array[]::bigint[] as items_taken,
                array[]::bigint[] as steps,
                0 as rows_taken,
                0 as breaks,
                known.to_pipeline_id as pipeline_id,
                known.to_status_id as status_id
            union all
            select
                orders.taken || row(
                    next_item.item, next_item.kind, next_item.from_pipeline_id,
                    next_item.from_status_id, next_item.pipeline_id,
                    next_item.status_id
                )::dds.evidence,
                orders.items_taken || next_item.item,
                orders.steps || array[
                    next_item.step, coalesce(next_item.from_pipeline_id, 0),
                    coalesce(next_item.from_status_id, 0),
                    coalesce(next_item.pipeline_id, 0),
                    coalesce(next_item.status_id, 0)
                ],
                orders.rows_taken + (next_item.kind <> 'event')::integer,
                orders.breaks + (next_item.step in (2, 3))::integer,
                next_item.pipeline_id,
                next_item.status_id
            from orders
            cross join lateral (
                select distinct on (
                    steps.step, steps.from_pipeline_id, steps.from_status_id,
                    steps.pipeline_id, steps.status_id
                )
                    steps.*
                from (
                    select
                        candidates.*,
                        min(candidates.step) over () as first_step
                    from (
                        select
                            evidence.*,
                            coalesce(evidence.to_pipeline_id, orders.pipeline_id)
                                as pipeline_id,
                            coalesce(evidence.to_status_id, orders.status_id)
                                as status_id,
                            -- 0 a row that agrees, 1 an event that goes on from it, 2 a
                            -- row of another status, 3 an event that begins elsewhere.
                            case
                                when evidence.kind = 'marker' then 4
                                when orders.status_id is null then 1
                                when evidence.kind = 'event'
                                    then case
                                        when evidence.from_pipeline_id
                                            = orders.pipeline_id
                                            and evidence.from_status_id
                                            = orders.status_id
                                            then 1
                                        else 3
                                    end
                                when evidence.to_pipeline_id = orders.pipeline_id
                                    and evidence.to_status_id = orders.status_id
                                    then 0
                                else 2
                            end as step,
                            count(*) filter (where evidence.kind <> 'event') over (
                                order by evidence.place
                            ) as row_place
                        from unnest(items) with ordinality as evidence (
                            item, kind, from_pipeline_id, from_status_id,
                            to_pipeline_id, to_status_id, place
                        )
                    ) as candidates
                    where
                        candidates.item <> all(orders.items_taken)
                        and (
                            candidates.kind = 'event'
                            or candidates.row_place = orders.rows_taken + 1
                        )
                ) as steps
                -- What agrees or chains goes first; a marker may stand anywhere.
                where
                    steps.step = steps.first_step
                    or (steps.step = 4 and steps.first_step > 0)
                    or (steps.step = 3 and steps.first_step = 2)
                order by
                    steps.step, steps.from_pipeline_id, steps.from_status_id,
                    steps.pipeline_id, steps.status_id, steps.item
                -- A crowd in one second is not tried out.
                limit case when cardinality(items) > 8 then 1 end
            ) as next_item
        )

        select orders.taken
        from orders
        where cardinality(orders.taken) = cardinality(items)
        order by orders.breaks, orders.steps
        limit 1
    );
end;
$$;

comment on function dds.chain_second(dds.evidence[], dds.evidence[]) is 'The items of one second in the order with the fewest breaks after those of the second before; of several the first where agreeing rows come before events that chain, rows that differ, events that do not chain and markers, then by status';

create aggregate dds.chained(dds.evidence[]) (
    sfunc = dds.chain_second,
    stype = dds.evidence[],
    parallel = safe
);

comment on aggregate dds.chained(dds.evidence[]) is 'The items of each second of a lead in the order of the walk: dds.chained(items) over (partition by lead_id order by second)';

create table dds.lead_first_status (
    lead_id bigint not null,
    pipeline_id bigint not null,
    status_id bigint not null,
    load_date date not null,
    constraint lead_first_status_pkey primary key (lead_id)
);

comment on table dds.lead_first_status is 'One row per lead: the first status known of it, which it has counted as being in since it was created; written with fact_lead_status_change';

create function dds.first_booked_day(
    rental_start timestamptz, rental_end timestamptz, business_tz text
)
returns date
language sql
immutable
parallel safe
return case
    when rental_end >= rental_start then (rental_start at time zone business_tz)::date
end;

comment on function dds.first_booked_day(timestamptz, timestamptz, text) is 'The first day that a rental covers; null when it covers none (an end before the start)';

create function dds.last_booked_day(
    rental_start timestamptz, rental_end timestamptz, business_tz text
)
returns date
language sql
immutable
parallel safe
return case
    when rental_end >= rental_start
        then greatest(
            (rental_start at time zone business_tz)::date,
            (rental_end at time zone business_tz)::date - 1
        )
end;

comment on function dds.last_booked_day(timestamptz, timestamptz, text) is 'The last day that a rental covers: the day before that of its end, a same-day rental its day; null when it covers none';

create function dds.share_of_day(
    amount numeric, first_day date, last_day date, usage_date date
)
returns numeric
language sql
immutable
parallel safe
return case
    when usage_date < last_day then trunc(amount / (last_day - first_day + 1), 2)
    else
        amount
        - trunc(amount / (last_day - first_day + 1), 2) * (last_day - first_day)
end;

comment on function dds.share_of_day(numeric, date, date, date) is 'The part of a booking''s amount that falls on one of its days: even shares in cents, truncated towards zero, the rest on the last day';

create index stg_leads_by_created_at on stg.stg_leads (created_at);

create function dds.first_day_of_horizon(
    business_tz text, logical_date date, horizon_days integer
)
returns date
language sql
stable
return coalesce(
    (
        least(
            (select min(stg_leads.created_at) from stg.stg_leads),
            (select min(stg_cars.created_at) from stg.stg_cars)
        ) at time zone business_tz
    )::date,
    logical_date
) - horizon_days;

comment on function dds.first_day_of_horizon(text, date, integer) is 'The first day that is built: MAX_HORIZON_DAYS before the day on which the first lead or car was created';

-- The same horizon for the calendar: of what stg holds, not of the history alone.
create or replace function dds.span_of_facts(
    business_tz text, logical_date date, horizon_days integer, out first_day date, out last_day date
)
language sql
stable
as $$
    with horizon as materialized (
        select
            dds.first_day_of_horizon(business_tz, logical_date, horizon_days)
                as first_day,
            logical_date + horizon_days as last_day
    ),

    bounds as materialized (
        select
            horizon.first_day::timestamp at time zone business_tz as first_moment,
            (horizon.last_day + 1)::timestamp at time zone business_tz as end_moment
        from horizon
    ),

    spans as (
        select
            min(moment.value) as first_moment,
            max(moment.value) as last_moment
        from bounds
        cross join dds.fact_rentals
        cross join lateral (
            values
            (fact_rentals.rental_start), (fact_rentals.rental_end), (fact_rentals.closed_at),
            (fact_rentals.created_at), (fact_rentals.updated_at)
        ) as moment (value)
        where
            moment.value >= bounds.first_moment
            and moment.value < bounds.end_moment
        union all
        select
            (
                select min(fact_lead_status_change.change_ts)
                from dds.fact_lead_status_change
                where fact_lead_status_change.change_ts >= bounds.first_moment
            ),
            (
                select max(fact_lead_status_change.change_ts)
                from dds.fact_lead_status_change
                where fact_lead_status_change.change_ts < bounds.end_moment
            )
        from bounds
    ),

    days as (
        select
            (spans.first_moment at time zone business_tz)::date as first_day,
            (spans.last_moment at time zone business_tz)::date as last_day
        from spans
        union all
        select
            (
                select min(fact_fleet_usage_day.usage_date)
                from dds.fact_fleet_usage_day
                where fact_fleet_usage_day.usage_date >= horizon.first_day
            ),
            (
                select max(fact_fleet_usage_day.usage_date)
                from dds.fact_fleet_usage_day
                where fact_fleet_usage_day.usage_date <= horizon.last_day
            )
        from horizon
    )

    select
        min(days.first_day),
        max(days.last_day)
    from days
$$;

create index fact_rentals_by_booked_start
on dds.fact_rentals (rental_start)
where is_booking and car_id <> 0 and rental_end >= rental_start;

drop table dds.fact_fleet_usage_day_pending;

create table dds.fact_fleet_usage_day_pending (
    lead_id bigint not null,
    car_id bigint not null,
    first_day date not null,
    last_day date not null,
    constraint fact_fleet_usage_day_pending_pkey primary key (
        lead_id, car_id, first_day, last_day
    )
);

comment on table dds.fact_fleet_usage_day_pending is 'Days that changed bookings left or entered since fleet usage was built: written with fact_rentals, emptied with fleet usage, each in its own transaction';

insert into ops.watermark (name)
values
    ('dds.fact_fleet_usage_day/first_day'),
    ('dds.fact_fleet_usage_day/last_day');

update ops.watermark
set
    position = 0,
    settings = null,
    changed_at = clock_timestamp()
where
    split_part(watermark.name, '/', 1) in (
        'dds.fact_fleet_usage_day', 'dds.fact_lead_status_change'
    );

comment on table dds.fact_fleet_usage_day is 'One row per known car and day in BUSINESS_TZ, idle days too, from its in_fleet_from or creation (or an earlier rental) to the last booked day of any car or the logical date; idle days end with in_fleet_to or the deletion';
comment on column dds.fact_fleet_usage_day.amount_share is 'Part of the bookings'' amounts that falls on the day, in CURRENCY: even shares in cents over all days that a booking covers, the rest on the last day';
