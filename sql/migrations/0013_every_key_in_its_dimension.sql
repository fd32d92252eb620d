-- What:  every key of a fact in its dimension: statuses that the dictionary lacks, a calendar built after the facts,
--        and an error where a row of ops.watermark is missing
-- Data:  the next run reads all statuses that leads ever had; dates whose facts had succeeded stay succeeded

-- Merges joined to these rows, so that a missing one made them do nothing and succeed.
create function ops.lock_watermarks(variadic names text[])
returns void
language plpgsql
as $$
declare
    missing text;
begin
    -- In one order everywhere: two merges that lock the same rows never wait for each other.
    perform
    from ops.watermark
    where watermark.name = any(names)
    order by watermark.name
    for update;

    select string_agg(wanted.name, ', ' order by wanted.name)
    into missing
    from unnest(names) as wanted (name)
    where
        not exists (
            select
            from ops.watermark
            where watermark.name = wanted.name
        );

    if missing is not null then
        raise exception 'Cannot tell how far the warehouse has come: ops.watermark has no row %, expected one of each name: put it back with insert into ops.watermark (name) values (''...''), and the next run computes everything anew',
            missing
            using errcode = 'no_data_found';
    end if;
end;
$$;

comment on function ops.lock_watermarks(text[]) is 'Locks rows of ops.watermark until the end of the transaction; an error when one is missing';

insert into ops.watermark (name)
values
    ('dds.dim_status'),
    ('dds.dim_status/events'),
    ('dds.dim_status/statuses');

create function dict.unknown_status_name(status_id bigint)
returns text
language sql
immutable
parallel safe
return 'Unknown ' || status_id;

comment on function dict.unknown_status_name(bigint) is 'What a status is called that the dictionary lacks';

create function dict.unknown_status_stage(status_id bigint)
returns text
language sql
immutable
parallel safe
return case status_id
    when 142 then 'closed'
    when 143 then 'cancelled'
    else 'other'
end;

comment on function dict.unknown_status_stage(bigint) is 'The stage of a status that the dictionary lacks: 142 is won and 143 lost in every pipeline';

create function dds.span_of_facts(
    business_tz text, logical_date date, horizon_days integer, out first_day date, out last_day date
)
language sql
stable
as $$
    with horizon as materialized (
        select
            (
                least(
                    (select min(ods_leads_hist.created_at) from ods.ods_leads_hist),
                    (select min(ods_cars_hist.created_at) from ods.ods_cars_hist),
                    logical_date::timestamp at time zone business_tz
                ) at time zone business_tz
            )::date - horizon_days as first_day,
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

comment on function dds.span_of_facts(text, date, integer) is 'The first and the last day that a date or time of a fact falls on; days beyond the horizon (a year typed as 0206 or 2206) do not count';

comment on table dds.dim_date is 'One row per calendar day, from the first day that a fact refers to, to a year after the last such day or the logical date; days are never taken away';
comment on table dds.dim_status is 'One row per (pipeline, status): 142 and 143 exist in every pipeline; named "Unknown <id>" where a lead had a status that the dictionary lacks';

-- merge_dim_date is now the last task of the facts. Where they had succeeded, so has it.
update ops.run_log
set dag_id = 'daily_build_dds_fact'
where
    run_log.dag_id = 'daily_build_dds_dim'
    and run_log.task_id = 'merge_dim_date'
    and run_log.status not in ('waiting', 'running')
    and exists (
        select
        from ops.run_log as last_fact
        where
            last_fact.dag_id = 'daily_build_dds_fact'
            and last_fact.task_id = 'merge_fact_fleet_usage_day'
            and last_fact.logical_date = run_log.logical_date
            and last_fact.status = 'success'
    );

-- Elsewhere it is still to do, and what became of it before says nothing any more.
delete from ops.run_log
where
    run_log.dag_id = 'daily_build_dds_dim'
    and run_log.task_id = 'merge_dim_date'
    and run_log.status not in ('waiting', 'running');
