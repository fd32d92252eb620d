-- What:  how many live leads have a value in each custom column, before and after a load
-- Grain: one row before (is_after false) and one after; none where no lead is live
-- Reads: stg.stg_leads, $1 the last landed_seq before the load (0: there was none)

select
    moments.is_after,
    count(latest_copies.model) as model,
    count(latest_copies.plate) as plate,
    count(latest_copies.dailyrate) as dailyrate,
    count(latest_copies.client_name) as client_name,
    count(latest_copies.license) as license,
    count(latest_copies.rental_start) as rental_start,
    count(latest_copies.rental_end) as rental_end
from (values (false), (true)) as moments (is_after)
    cross join lateral (
        select distinct on (stg_leads.id)
            stg_leads.id,
            stg_leads.is_deleted,
            stg_leads.model,
            stg_leads.plate,
            stg_leads.dailyrate,
            stg_leads.client_name,
            stg_leads.license,
            stg_leads.rental_start,
            stg_leads.rental_end
        from stg.stg_leads
        where moments.is_after or stg_leads.landed_seq <= $1::bigint
        order by
            stg_leads.id, stg_leads.observed_at desc, stg_leads.updated_at desc,
            stg_leads.is_deleted desc, stg_leads.row_hash collate "C" desc
    ) as latest_copies
where not latest_copies.is_deleted
group by moments.is_after
order by moments.is_after;
