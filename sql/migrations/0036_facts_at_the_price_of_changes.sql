-- What:  the facts and the calendar at the price of what changed
-- Data:  nothing is computed anew but the calendar, by the next run, once

-- Told twice, a span is taken in once: a key only made telling dear.
alter table dds.fact_fleet_usage_day_pending
drop constraint fact_fleet_usage_day_pending_pkey;

-- Asked for the leads of a changed status alone, of which there are so many that all are read as soon.
drop index dds.fact_rentals_by_status;

-- The calendar follows the leads that changed, as marts do.

create or replace function dds.note_changed_leads(lead_ids bigint[])
returns bigint
language plpgsql
as $$
declare
    noted bigint;
begin
    if cardinality(lead_ids) = 0 then
        return 0;
    end if;

    perform ops.lock_watermarks('dds.changed_lead');

    -- What was never built takes everything in: the first load needs no log.
    insert into dds.changed_lead (lead_id)
    select distinct leads.lead_id
    from unnest(lead_ids) as leads (lead_id)
    where
        exists (
            select
            from ops.watermark
            where
                (
                    watermark.name like 'dm.%/leads'
                    or watermark.name = 'dds.dim_date/leads'
                )
                and watermark.settings is not null
        );
    get diagnostics noted = row_count;
    return noted;
end;
$$;

comment on function dds.note_changed_leads(bigint[]) is 'Notes in dds.changed_lead that these leads were written differently, where a mart or the calendar has been built that reads it; returns how many';

create or replace function dds.forget_changed_leads()
returns bigint
language plpgsql
as $$
declare
    forgotten bigint;
begin
    delete from dds.changed_lead
    where
        not exists (
            select
            from ops.watermark
            where
                (
                    watermark.name like 'dm.%/leads'
                    or watermark.name = 'dds.dim_date/leads'
                )
                and watermark.settings is not null
                and watermark.position < changed_lead.change_seq
        );
    get diagnostics forgotten = row_count;
    return forgotten;
end;
$$;

comment on function dds.forget_changed_leads() is 'Removes from dds.changed_lead what every mart and the calendar have taken in; one that was never built needs none. Returns how many rows';

comment on table dds.changed_lead is 'One row per lead and merge that wrote it differently: its versions in ods.ods_leads_hist, its rows of dds.fact_lead_status_change or that of dds.fact_rentals; written in the merge''s own transaction, removed once every mart and the calendar have taken it in';

insert into ops.watermark (name)
values
    ('dds.dim_date/leads'),
    ('dds.dim_date/first_day'),
    ('dds.dim_date/beyond');

drop function dds.span_of_facts(text, date, integer);

create function dds.span_of_facts(
    business_tz text,
    logical_date date,
    horizon_days integer,
    lead_ids bigint[],
    out first_day date,
    out last_day date,
    out beyond_day date
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

    rentals as (
        -- Of very many leads, asking all rentals is cheaper, and no answer is the worse for it.
        select
            fact_rentals.rental_start,
            fact_rentals.rental_end,
            fact_rentals.closed_at,
            fact_rentals.created_at,
            fact_rentals.updated_at
        from unnest(lead_ids) as leads (lead_id)
        inner join dds.fact_rentals on leads.lead_id = fact_rentals.lead_id
        where cardinality(lead_ids) <= 20000
        union all
        select
            fact_rentals.rental_start,
            fact_rentals.rental_end,
            fact_rentals.closed_at,
            fact_rentals.created_at,
            fact_rentals.updated_at
        from dds.fact_rentals
        where cardinality(lead_ids) > 20000
    ),

    spans as materialized (
        select
            rentals.*,
            least(
                rentals.rental_start, rentals.rental_end, rentals.closed_at, rentals.created_at,
                rentals.updated_at
            ) as first_moment,
            greatest(
                rentals.rental_start, rentals.rental_end, rentals.closed_at, rentals.created_at,
                rentals.updated_at
            ) as last_moment
        from rentals
    ),

    moments as (
        select
            min(spans.first_moment) as first_moment,
            max(spans.last_moment) as last_moment,
            null::timestamptz as beyond_moment
        from spans
        cross join bounds
        where
            spans.first_moment >= bounds.first_moment
            and spans.last_moment < bounds.end_moment
        union all
        -- The few that reach out, one moment after the other.
        select
            min(moment.value) filter (
                where moment.value >= bounds.first_moment and moment.value < bounds.end_moment
            ),
            max(moment.value) filter (
                where moment.value >= bounds.first_moment and moment.value < bounds.end_moment
            ),
            min(moment.value) filter (where moment.value >= bounds.end_moment)
        from spans
        cross join bounds
        cross join lateral (
            values
            (spans.rental_start), (spans.rental_end), (spans.closed_at), (spans.created_at),
            (spans.updated_at)
        ) as moment (value)
        where
            spans.first_moment < bounds.first_moment
            or spans.last_moment >= bounds.end_moment
    ),

    days as (
        select
            (moments.first_moment at time zone business_tz)::date as first_day,
            (moments.last_moment at time zone business_tz)::date as last_day,
            (moments.beyond_moment at time zone business_tz)::date as beyond_day
        from moments
        union all
        select
            (
                (
                    select min(fact_lead_status_change.change_ts)
                    from dds.fact_lead_status_change
                    where fact_lead_status_change.change_ts >= bounds.first_moment
                ) at time zone business_tz
            )::date,
            (
                (
                    select max(fact_lead_status_change.change_ts)
                    from dds.fact_lead_status_change
                    where fact_lead_status_change.change_ts < bounds.end_moment
                ) at time zone business_tz
            )::date,
            null
        from bounds
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
            ),
            null
        from horizon
    )

    select
        min(days.first_day),
        max(days.last_day),
        min(days.beyond_day)
    from days
$$;

comment on function dds.span_of_facts(text, date, integer, bigint[]) is 'The first and the last day that a date or time of the rentals of some leads, or of any other fact, falls on (of very many leads: of all rentals); days beyond the horizon (a year typed as 0206 or 2206) do not count: beyond_day is the first one past it';
