-- What:  the cohorts of leads by the week of their creation: how far they came, and how mature
--        they are
-- Grain: one row per week
-- Reads: dm.lead_funnel_week, dm.build; $1 first and $2 last Monday
select
    lead_funnel_week.week_start::text as week_start,
    lead_funnel_week.leads::integer as leads,
    lead_funnel_week.reached_quote::integer as reached_quote,
    lead_funnel_week.reached_deposit::integer as reached_deposit,
    lead_funnel_week.reached_confirmed::integer as reached_confirmed,
    lead_funnel_week.reached_on_rent::integer as reached_on_rent,
    lead_funnel_week.reached_returned::integer as reached_returned,
    lead_funnel_week.reached_closed::integer as reached_closed,
    (
        lead_funnel_week.reached_confirmed::numeric / nullif(lead_funnel_week.leads, 0)
    )::text as conversion,
    lead_funnel_week.won::integer as won,
    lead_funnel_week.lost::integer as lost,
    lead_funnel_week.open::integer as open,
    lead_funnel_week.mature_leads::integer as mature_leads,
    lead_funnel_week.maturity::text as maturity,
    lead_funnel_week.week_start + 6 <= build.last_finished_day as is_complete
from dm.lead_funnel_week
cross join dm.build
where lead_funnel_week.week_start between $1::date and $2::date
order by lead_funnel_week.week_start
