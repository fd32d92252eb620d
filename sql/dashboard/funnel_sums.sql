-- What:  what became of the leads that were created in each of up to three periods
-- Grain: one row per period that is asked for
-- Reads: dm.lead_funnel_day; $1 to $6 first and last day of the period, of the one before it and
--        of the same a year ago, null where there is none
select
    periods.name,
    periods.to_day >= (
        select min(known.created_day)
        from dm.lead_funnel_day as known
    ) as is_known,
    min(lead_funnel_day.created_day)::text as first_day,
    coalesce(sum(lead_funnel_day.leads), 0)::integer as leads,
    coalesce(sum(lead_funnel_day.leads), 0)::integer as inquiry,
    coalesce(sum(lead_funnel_day.reached_quote), 0)::integer as quote,
    coalesce(sum(lead_funnel_day.reached_deposit), 0)::integer as deposit,
    coalesce(sum(lead_funnel_day.reached_confirmed), 0)::integer as confirmed,
    coalesce(sum(lead_funnel_day.reached_on_rent), 0)::integer as on_rent,
    coalesce(sum(lead_funnel_day.reached_returned), 0)::integer as returned,
    coalesce(sum(lead_funnel_day.reached_closed), 0)::integer as closed,
    coalesce(sum(lead_funnel_day.won), 0)::integer as won,
    coalesce(sum(lead_funnel_day.lost), 0)::integer as lost,
    coalesce(
        sum(lead_funnel_day.leads - lead_funnel_day.won - lead_funnel_day.lost), 0
    )::integer as open,
    (sum(lead_funnel_day.reached_confirmed) / nullif(sum(lead_funnel_day.leads), 0))::text
        as conversion
from (
    values
    ('present', $1::date, $2::date),
    ('before', $3::date, $4::date),
    ('year_ago', $5::date, $6::date)
) as periods (name, from_day, to_day)
left join dm.lead_funnel_day
    on lead_funnel_day.created_day between periods.from_day and periods.to_day
where periods.from_day is not null
group by periods.name, periods.to_day
