-- What:  finds the car and the client of each changed rental: by link, else by plate or licence
-- Grain: links: one row per rental and kind of member (car, client); 0 when not known
-- Reads: mentions (of rentals.sql), bearers, key_bearers and sought_keys (of bearers.sql),
--        ods.ods_cars_hist, ods.ods_clients_hist
--
-- A key means who bore it when the lead was given it, else the only one that ever did.

create temporary table links on commit drop as
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
            select key_bearers.id
            from key_bearers
            inner join sought_keys
                on
                    key_bearers.kind = sought_keys.kind
                    and key_bearers.key = sought_keys.key
            where key_bearers.kind = 'car'
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
            select key_bearers.id
            from key_bearers
            inner join sought_keys
                on
                    key_bearers.kind = sought_keys.kind
                    and key_bearers.key = sought_keys.key
            where key_bearers.kind = 'client'
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
),

found as (
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
    group by candidates.lead_id, candidates.kind
)

select
    mentions.lead_id,
    mentions.kind,
    case
        when mentions.is_linked then mentions.element_id
        when bearers.is_disputed then found.member_id
        else coalesce(bearers.id, 0)
    end as member_id,
    mentions.element_id is not null or mentions.key is not null as is_named
from mentions
left join bearers
    on mentions.kind = bearers.kind and mentions.key = bearers.key
left join found
    on mentions.lead_id = found.lead_id and mentions.kind = found.kind;

analyze links (lead_id, kind);

select
    count(*) filter (where links.kind = 'car') as unknown_cars,
    count(*) filter (where links.kind = 'client') as unknown_clients,
    count(*) filter (where links.kind = 'car' and links.is_named)
        as warning_cars_not_found,
    count(*) filter (where links.kind = 'client' and links.is_named)
        as warning_clients_not_found
from links
where links.member_id = 0;
