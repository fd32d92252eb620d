-- What:  finds whom a disputed plate or licence means
-- Grain: found_members (of bearers.sql): one row per rental and kind of member (car, client); 0
--        when not known
-- Reads: rentals (of rentals.sql), bearers (of bearers.sql), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist
-- If:    keys_of_several (of bearers.sql)
--
-- A key means who bore it when the lead was given it, else the only one that ever did.

-- When each lead was given the key that it has now: at the first of its versions, or
-- the first after the last with another key, whatever deletions lie between.
create temporary table sought_keys on commit drop as
with disputed as (
    select
        rentals.lead_id,
        bearers.kind,
        bearers.key
    from bearers
    inner join rentals on bearers.text = rentals.plate
    where bearers.kind = 'car' and bearers.is_disputed
    union all
    select
        rentals.lead_id,
        bearers.kind,
        bearers.key
    from bearers
    inner join rentals on bearers.text = rentals.license
    where bearers.kind = 'client' and bearers.is_disputed
),

lead_versions as (
    select
        disputed.*,
        ods_leads_hist.valid_from,
        ods.lookup_key(
            case disputed.kind
                when 'car' then ods_leads_hist.plate
                when 'client' then ods_leads_hist.license
            end
        ) as key_then
    from disputed
    inner join ods.ods_leads_hist on disputed.lead_id = ods_leads_hist.id
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

with versions as (
    -- All versions of the cars and clients that ever bore one of the disputed keys.
    select
        'car' as kind,
        ods_cars_hist.id,
        ods.lookup_key(ods_cars_hist.plate) as key,
        ods_cars_hist.created_at,
        ods_cars_hist.valid_from,
        ods_cars_hist.valid_to
    from ods.ods_cars_hist
    where
        ods_cars_hist.id in (
            select bearing_versions.id
            from bearers
            inner join ods.ods_cars_hist as bearing_versions
                on bearers.key = ods.lookup_key(bearing_versions.plate)
            where bearers.kind = 'car' and bearers.is_disputed
        )
    union all
    select
        'client' as kind,
        ods_clients_hist.id,
        ods.lookup_key(ods_clients_hist.license) as key,
        ods_clients_hist.created_at,
        ods_clients_hist.valid_from,
        ods_clients_hist.valid_to
    from ods.ods_clients_hist
    where
        ods_clients_hist.id in (
            select bearing_versions.id
            from bearers
            inner join ods.ods_clients_hist as bearing_versions
                on bearers.key = ods.lookup_key(bearing_versions.license)
            where bearers.kind = 'client' and bearers.is_disputed
        )
),

bearing as (
    -- Between the creation of a member and its first version, the first version counts.
    select
        versions.*,
        case
            when lag(versions.valid_from) over history is null
                then least(versions.created_at, versions.valid_from)
            else versions.valid_from
        end as bears_from
    from versions
    window history as (
        partition by versions.kind, versions.id
        order by versions.valid_from
    )
),

candidates as (
    select
        sought_keys.lead_id,
        sought_keys.kind,
        bearing.id,
        bool_or(
            bearing.bears_from <= sought_keys.given_at
            and (
                bearing.valid_to > sought_keys.given_at or bearing.valid_to is null
            )
        ) as bore_it_then
    from sought_keys
    inner join bearing
        on sought_keys.kind = bearing.kind and sought_keys.key = bearing.key
    group by sought_keys.lead_id, sought_keys.kind, bearing.id
)

insert into found_members (lead_id, kind, member_id)
select
    candidates.lead_id,
    candidates.kind,
    case
        when count(*) filter (where candidates.bore_it_then) = 1
            then min(candidates.id) filter (where candidates.bore_it_then)
        when not bool_or(candidates.bore_it_then) and count(*) = 1
            then min(candidates.id)
        else 0
    end as member_id
from candidates
group by candidates.lead_id, candidates.kind;

-- Each is looked up by itself.
create index found_members_by_lead on found_members (lead_id);
analyze found_members (lead_id);

select count(*) as keys_sought_by_moment
from sought_keys;
