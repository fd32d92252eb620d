-- What:  finds who bears the plates and licences that look-ups seek, and since when leads have them
-- Grain: bearers: a key that one car or client alone ever bore; sought_keys: a mention of another
-- Reads: mentions (of rentals.sql), ods.ods_cars_hist, ods.ods_clients_hist, ods.ods_leads_hist
--
-- Whom a key means depends on the moment only where several ever bore it, which are few.

create temporary table key_bearers on commit drop as
with keys as (
    select distinct
        mentions.kind,
        mentions.key
    from mentions
    where mentions.is_linked is not true and mentions.key is not null
)

select distinct
    keys.kind,
    keys.key,
    ods_cars_hist.id
from keys
inner join ods.ods_cars_hist on keys.key = ods.lookup_key(ods_cars_hist.plate)
where keys.kind = 'car'
union all
select distinct
    keys.kind,
    keys.key,
    ods_clients_hist.id
from keys
inner join ods.ods_clients_hist
    on keys.key = ods.lookup_key(ods_clients_hist.license)
where keys.kind = 'client';

create temporary table bearers on commit drop as
select
    key_bearers.kind,
    key_bearers.key,
    min(key_bearers.id) as id,
    count(*) > 1 as is_disputed
from key_bearers
group by key_bearers.kind, key_bearers.key;

analyze bearers;

-- When each lead was given the key that it has now: at the first of its versions, or
-- the first after the last with another key, whatever deletions lie between.
create temporary table sought_keys on commit drop as
with lead_versions as (
    select
        mentions.lead_id,
        mentions.kind,
        mentions.key,
        ods_leads_hist.valid_from,
        ods.lookup_key(
            case mentions.kind
                when 'car' then ods_leads_hist.plate
                when 'client' then ods_leads_hist.license
            end
        ) as key_then
    from mentions
    inner join bearers
        on
            mentions.kind = bearers.kind
            and mentions.key = bearers.key
            and bearers.is_disputed
    inner join ods.ods_leads_hist on mentions.lead_id = ods_leads_hist.id
    where mentions.is_linked is not true
),

spans as (
    select
        lead_versions.lead_id,
        lead_versions.kind,
        lead_versions.key,
        min(lead_versions.valid_from) as first_at,
        max(lead_versions.valid_from)
            filter (where lead_versions.key_then is distinct from lead_versions.key)
            as last_other_at
    from lead_versions
    group by lead_versions.lead_id, lead_versions.kind, lead_versions.key
)

select
    spans.lead_id,
    spans.kind,
    spans.key,
    case
        when spans.last_other_at is null then spans.first_at
        else (
            select min(ods_leads_hist.valid_from)
            from ods.ods_leads_hist
            where
                ods_leads_hist.id = spans.lead_id
                and ods_leads_hist.valid_from > spans.last_other_at
        )
    end as given_at
from spans;

analyze sought_keys;

select count(*) as keys_sought_by_moment
from sought_keys;
