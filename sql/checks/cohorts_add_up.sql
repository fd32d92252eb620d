-- What:  error: weeks of leads that were won, lost and are open, and are not all of them
-- Grain: one row per week, as YYYYMMDD of its Monday
-- Reads: dm.lead_funnel_week
-- Scope: everything
-- After: build_lead_funnel_week: dm.lead_funnel_week
--
-- Why: shares of a cohort would not add up to one, or a later stage be reached more often than an
--      earlier one.

select
    to_char(lead_funnel_week.week_start, 'YYYYMMDD')::bigint as id,
    'leads ' || lead_funnel_week.leads || ', won ' || lead_funnel_week.won || ', lost '
    || lead_funnel_week.lost || ', open ' || lead_funnel_week.open as detail
from dm.lead_funnel_week
where
    lead_funnel_week.won + lead_funnel_week.lost + lead_funnel_week.open
    <> lead_funnel_week.leads
    or lead_funnel_week.reached_inquiry <> lead_funnel_week.leads
    or lead_funnel_week.reached_quote > lead_funnel_week.reached_inquiry
    or lead_funnel_week.reached_deposit > lead_funnel_week.reached_quote
    or lead_funnel_week.reached_confirmed > lead_funnel_week.reached_deposit
    or lead_funnel_week.reached_on_rent > lead_funnel_week.reached_confirmed
    or lead_funnel_week.reached_returned > lead_funnel_week.reached_on_rent
    or lead_funnel_week.reached_closed > lead_funnel_week.reached_returned
    or lead_funnel_week.mature_leads > lead_funnel_week.leads;
