-- What:  remembers what day the marts stand for and with which settings they are built
-- Grain: dm.build: one row
-- Reads: stg.stg_leads (when the first load was), dict.dict_status_leads (the rental pipeline)
--
-- A build for an older date does not take away what a newer one has built.

select ops.lock_watermarks('dm.build', 'ods.ods_leads_hist');

create temporary table build_progress on commit drop as
select
    done.position as read_from,
    ready.position as read_to
from ops.watermark as done
cross join ops.watermark as ready
where done.name = 'dm.build' and ready.name = 'ods.ods_leads_hist';

with newest as (
    select
        greatest(
            (select build.logical_date from dm.build),
            current_setting('rental.logical_date')::date
        ) as logical_date,
        least(
            (select build.first_load_day from dm.build),
            (
                min(stg_leads.observed_at)
                at time zone current_setting('rental.business_tz')
            )::date
        ) as first_load_day,
        case
            -- A dry run can come before the very first load.
            when
                exists (select from ods.ods_leads_hist)
                or exists (select from dict.dict_status_leads)
                then dict.rental_pipeline_id(current_setting('rental.pipeline'))
        end as pipeline_id
    from build_progress
    left join stg.stg_leads
        on
            stg_leads.landed_seq > build_progress.read_from
            and stg_leads.landed_seq <= build_progress.read_to
),

written as (
    insert into dm.build (
        logical_date, last_finished_day, business_tz, currency, pipeline_id,
        grace_minutes, max_horizon_days, first_load_day, cohort_maturity_days
    )
    select
        newest.logical_date,
        newest.logical_date - 1 as last_finished_day,
        current_setting('rental.business_tz') as business_tz,
        current_setting('rental.currency') as currency,
        newest.pipeline_id,
        current_setting('rental.grace_minutes')::integer as grace_minutes,
        current_setting('rental.max_horizon_days')::integer as max_horizon_days,
        newest.first_load_day,
        current_setting('rental.cohort_maturity_days')::integer as cohort_maturity_days
    from newest
    on conflict (is_only) do update
    set
        logical_date = excluded.logical_date,
        last_finished_day = excluded.last_finished_day,
        business_tz = excluded.business_tz,
        currency = excluded.currency,
        pipeline_id = excluded.pipeline_id,
        grace_minutes = excluded.grace_minutes,
        max_horizon_days = excluded.max_horizon_days,
        first_load_day = excluded.first_load_day,
        cohort_maturity_days = excluded.cohort_maturity_days
    where row(build.*) is distinct from row(excluded.*)
    returning build.is_only
),

progressed as (
    update ops.watermark
    set
        position = build_progress.read_to,
        changed_at = clock_timestamp()
    from build_progress
    where
        watermark.name = 'dm.build'
        and watermark.position <> build_progress.read_to
)

select count(*) as rows_written
from written;
