-- What:  brings the cohorts of leads up to the counts of their days, and their maturity up to now
-- Grain: one row per ISO week, from that of the first lead to that of the last finished day
-- Reads: dm.lead_funnel_day, ops.watermark (the last finished day)

select ops.lock_watermarks('dm.lead_state/leads');

create temporary table desired_weeks (
    like dm.lead_funnel_week
) on commit drop;

insert into desired_weeks
with weeks as (
    select
        generate_series(
            date_trunc(
                'week',
                (select min(lead_funnel_day.created_day) from dm.lead_funnel_day)::timestamp
            ),
            date_trunc('week', watermark.cursor_day::timestamp),
            interval '7 days'
        )::date as week_start,
        watermark.cursor_day
        - current_setting('rental.cohort_maturity_days')::integer as mature_day
    from ops.watermark
    where watermark.name = 'dm.lead_state/leads'
)

select
    weeks.week_start,
    coalesce(sum(lead_funnel_day.leads), 0) as leads,
    coalesce(sum(lead_funnel_day.leads), 0) as reached_inquiry,
    coalesce(sum(lead_funnel_day.reached_quote), 0) as reached_quote,
    coalesce(sum(lead_funnel_day.reached_deposit), 0) as reached_deposit,
    coalesce(sum(lead_funnel_day.reached_confirmed), 0) as reached_confirmed,
    coalesce(sum(lead_funnel_day.reached_on_rent), 0) as reached_on_rent,
    coalesce(sum(lead_funnel_day.reached_returned), 0) as reached_returned,
    coalesce(sum(lead_funnel_day.reached_closed), 0) as reached_closed,
    coalesce(sum(lead_funnel_day.won), 0) as won,
    coalesce(sum(lead_funnel_day.lost), 0) as lost,
    coalesce(
        sum(lead_funnel_day.leads - lead_funnel_day.won - lead_funnel_day.lost), 0
    ) as open,
    coalesce(
        sum(lead_funnel_day.leads) filter (
            where lead_funnel_day.created_day <= weeks.mature_day
        ),
        0
    ) as mature_leads,
    coalesce(
        sum(lead_funnel_day.leads) filter (
            where lead_funnel_day.created_day <= weeks.mature_day
        ),
        0
    ) / sum(lead_funnel_day.leads) as maturity
from weeks
left join dm.lead_funnel_day
    on
        weeks.week_start <= lead_funnel_day.created_day
        and weeks.week_start + 7 > lead_funnel_day.created_day
group by weeks.week_start;

create temporary table week_changes on commit drop as
select week_start
from desired_weeks
full join dm.lead_funnel_week using (week_start)
where row(desired_weeks.*) is distinct from row(lead_funnel_week.*);

delete from dm.lead_funnel_week
using week_changes
where lead_funnel_week.week_start = week_changes.week_start;

insert into dm.lead_funnel_week
select desired_weeks.*
from desired_weeks
inner join week_changes on desired_weeks.week_start = week_changes.week_start;

select count(*) as rows_written
from week_changes;
