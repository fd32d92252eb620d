-- What:  takes all leads for changed, where the rental pipeline or the grace time was set otherwise
--        or nothing was built yet
-- Grain: changed_leads: one row per lead
-- Reads: reading (of progress.sql), ods.ods_leads_hist, dds.fact_rentals
--
-- What they are, and when they were confirmed, is found anew of all.

insert into changed_leads (id, may_be_confirmed_anew)
select
    ods_leads_hist.id,
    true as may_be_confirmed_anew
from ods.ods_leads_hist
where
    ods_leads_hist.is_current
    and not (select reading.is_as_before from reading)
union all
select
    fact_rentals.lead_id,
    true as may_be_confirmed_anew
from dds.fact_rentals
where
    not (select reading.is_as_before from reading)
    and not exists (
        select
        from ods.ods_leads_hist
        where
            ods_leads_hist.id = fact_rentals.lead_id
            and ods_leads_hist.is_current
    );

analyze changed_leads (id);

select
    count(*) as rows_read,
    count(*) filter (where changed_leads.may_be_confirmed_anew) as confirmations_sought
from changed_leads;
