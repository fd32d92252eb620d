-- What:  writes the changes of booked dates that are new, different or no longer true
-- Grain: one row per change of dates between two booked versions of a lead
-- Reads: changed_leads and reading (of reading.sql), desired_changes (of desired.sql)

delete from dm.rental_changes_ahead
using changed_leads
where rental_changes_ahead.lead_id = changed_leads.id;

insert into dm.rental_changes_ahead (lead_id, next_day)
select
    desired_changes.lead_id,
    (
        min(desired_changes.changed_at)
        at time zone current_setting('rental.business_tz')
    )::date as next_day
from desired_changes
cross join reading
where desired_changes.changed_at >= reading.end_moment
group by desired_changes.lead_id;

delete from desired_changes
using reading
where desired_changes.changed_at >= reading.end_moment;

create temporary table fates on commit drop as
select
    lead_id,
    changed_at,
    desired_changes.kind is null as is_gone
from desired_changes
full join (
    select rental_changes.*
    from dm.rental_changes
    inner join changed_leads on rental_changes.lead_id = changed_leads.id
) as stored_changes using (lead_id, changed_at)
where
    row(
        desired_changes.kind, desired_changes.start_delta_days,
        desired_changes.end_delta_days, desired_changes.days_delta
    ) is distinct from row(
        stored_changes.kind, stored_changes.start_delta_days,
        stored_changes.end_delta_days, stored_changes.days_delta
    );

delete from dm.rental_changes
using fates
where
    rental_changes.lead_id = fates.lead_id
    and rental_changes.changed_at = fates.changed_at;

insert into dm.rental_changes (
    lead_id, kind, start_delta_days, end_delta_days, days_delta, changed_at
)
select
    lead_id,
    desired_changes.kind,
    desired_changes.start_delta_days,
    desired_changes.end_delta_days,
    desired_changes.days_delta,
    changed_at
from desired_changes
inner join fates using (lead_id, changed_at);

-- The months of what changed are counted anew: all of them when the zone is another one.
create temporary table touched_months on commit drop as
select distinct
    date_trunc('month', fates.changed_at at time zone current_setting('rental.business_tz'))::date
        as month
from fates
where not (select reading.is_reset from reading)
union
select distinct
    date_trunc(
        'month', rental_changes.changed_at at time zone current_setting('rental.business_tz')
    )::date
from dm.rental_changes
where (select reading.is_reset from reading);

delete from dm.rental_change_month
using reading
where
    reading.is_reset
    or rental_change_month.month in (select touched_months.month from touched_months);

insert into dm.rental_change_month (changes, extended, shortened, moved, days_delta, month)
select
    found.changes,
    found.extended,
    found.shortened,
    found.moved,
    found.days_delta,
    touched_months.month
from touched_months
-- Month by month: a range of moments is cheaper than the month of each change.
cross join lateral (
    select
        count(*) as changes,
        count(*) filter (where rental_changes.kind = 'extended') as extended,
        count(*) filter (where rental_changes.kind = 'shortened') as shortened,
        count(*) filter (where rental_changes.kind = 'moved') as moved,
        coalesce(sum(rental_changes.days_delta), 0) as days_delta
    from dm.rental_changes
    where
        rental_changes.changed_at >= dds.day_start(
            touched_months.month, current_setting('rental.business_tz')
        )
        and rental_changes.changed_at < dds.day_start(
            (touched_months.month + interval '1 month')::date,
            current_setting('rental.business_tz')
        )
) as found
where found.changes > 0;

select ops.finish_reading(
    'dm.rental_changes/leads', reading.read_to, reading.last_day, reading.settings
)
from reading;

select
    count(*) as rows_written,
    count(*) filter (where fates.is_gone) as changes_deleted
from fates;
