-- What:  brings the booked versions up to those of the touched leads
-- Grain: dds.booked_version: a version of a lead; version_changes: a version that came or went
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

select count(*) as versions_changed
from version_changes;
