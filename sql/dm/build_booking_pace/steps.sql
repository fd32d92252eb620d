-- What:  brings the steps of what is on the books up to the versions of the touched leads
-- Grain: dds.booked_version: a version of a lead; dds.booked_step: a later day and as_of;
--        touched_stays: a later day
-- Reads: mart_reading, booked_statuses and touched_leads (of reading.sql), ods.ods_leads_hist
--
-- Days up to the first load are in no state that is asked for.

create temporary table desired_versions on commit drop as
with versions as (
    select
        ods_leads_hist.id as lead_id,
        ods_leads_hist.valid_from,
        dds.first_as_of(ods_leads_hist.valid_from, mart_reading.business_tz)
            as first_as_of,
        dds.first_as_of(ods_leads_hist.valid_to, mart_reading.business_tz)
            as gone_as_of,
        dds.first_booked_day(
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            mart_reading.business_tz
        ) as first_day,
        dds.last_booked_day(
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            mart_reading.business_tz
        ) as last_day,
        coalesce(
            case
                when ods_leads_hist.budget > 0 then ods_leads_hist.budget
                else
                    ods_leads_hist.dailyrate * dds.rental_days(
                        ods_leads_hist.rental_start, ods_leads_hist.rental_end,
                        mart_reading.business_tz, mart_reading.grace_minutes
                    )
            end,
            0
        ) as amount
    from touched_leads
    cross join mart_reading
    inner join ods.ods_leads_hist
        on
            touched_leads.lead_id = ods_leads_hist.id
            and mart_reading.pipeline_id = ods_leads_hist.pipeline_id
    inner join booked_statuses
        on ods_leads_hist.status_id = booked_statuses.status_id
    where ods_leads_hist.rental_end >= ods_leads_hist.rental_start
)

select versions.*
from versions
cross join mart_reading
where
    versions.last_day > mart_reading.first_load_day
    and (versions.gone_as_of > versions.first_as_of or versions.gone_as_of is null);

analyze desired_versions;

create temporary table version_changes on commit drop as
with sides as (
    select
        booked_version.*,
        -1 as sign,
        mart_reading.horizon_before as horizon_to
    from touched_leads
    cross join mart_reading
    inner join dds.booked_version on touched_leads.lead_id = booked_version.lead_id
    union all
    select
        desired_versions.*,
        1 as sign,
        mart_reading.horizon_to
    from desired_versions
    cross join mart_reading
)

select sides.*
from sides
cross join mart_reading
left join sides as other_side
    on
        sides.lead_id = other_side.lead_id
        and sides.valid_from = other_side.valid_from
        and sides.sign = -other_side.sign
        and sides.first_as_of = other_side.first_as_of
        and sides.gone_as_of is not distinct from other_side.gone_as_of
        and sides.first_day = other_side.first_day
        and sides.last_day = other_side.last_day
        and sides.amount = other_side.amount
        and least(sides.last_day, sides.horizon_to)
        = least(other_side.last_day, other_side.horizon_to)
where other_side.lead_id is null;

analyze version_changes;

delete from dds.booked_version
using version_changes
where
    version_changes.sign = -1
    and booked_version.lead_id = version_changes.lead_id
    and booked_version.valid_from = version_changes.valid_from;

insert into dds.booked_version (
    lead_id, valid_from, first_as_of, gone_as_of, first_day, last_day, amount
)
select
    version_changes.lead_id,
    version_changes.valid_from,
    version_changes.first_as_of,
    version_changes.gone_as_of,
    version_changes.first_day,
    version_changes.last_day,
    version_changes.amount
from version_changes
where version_changes.sign = 1;

create temporary table step_changes on commit drop as
select
    calendar.day::date as stay_date,
    edges.as_of,
    sum(edges.sign)::integer as booked_days,
    sum(
        edges.sign * dds.share_of_day(
            version_changes.amount, version_changes.first_day,
            version_changes.last_day, calendar.day::date
        )
    ) as revenue
from version_changes
cross join mart_reading
cross join lateral (
    values
    (version_changes.first_as_of, version_changes.sign),
    (version_changes.gone_as_of, -version_changes.sign)
) as edges (as_of, sign)
cross join lateral generate_series(
    greatest(version_changes.first_day, mart_reading.first_load_day + 1)::timestamp,
    least(version_changes.last_day, version_changes.horizon_to)::timestamp,
    interval '1 day'
) as calendar (day)
where edges.as_of is not null
group by calendar.day, edges.as_of
having sum(edges.sign) <> 0
or sum(
    edges.sign * dds.share_of_day(
        version_changes.amount, version_changes.first_day,
        version_changes.last_day, calendar.day::date
    )
) <> 0;

analyze step_changes;

insert into dds.booked_step (stay_date, as_of, booked_days, revenue)
select
    step_changes.stay_date,
    step_changes.as_of,
    step_changes.booked_days,
    step_changes.revenue
from step_changes
on conflict (stay_date, as_of) do update
set
    booked_days = booked_step.booked_days + excluded.booked_days,
    revenue = booked_step.revenue + excluded.revenue;

delete from dds.booked_step
using step_changes
where
    booked_step.stay_date = step_changes.stay_date
    and booked_step.as_of = step_changes.as_of
    and booked_step.booked_days = 0
    and booked_step.revenue = 0;

-- A step shows on its day and on the same weekday a year later.
create temporary table touched_stays on commit drop as
select step_changes.stay_date
from step_changes
union
select step_changes.stay_date + 364
from step_changes;

analyze touched_stays;

select
    (select count(*) from version_changes) as versions_changed,
    (select count(*) from touched_stays) as stay_dates_touched;
