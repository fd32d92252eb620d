-- What:  merges the copies of clients that landed since the last merge into the history
-- Grain: one row per version of a client, valid in [valid_from, valid_to)
-- Reads: stg.stg_clients, ops.watermark
--
-- All versions of a changed client are computed anew from all its copies and compared
-- with the stored ones: the history stays a pure function of stg, whatever the
-- order of arrival.

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_clients', 'ods.ods_clients_hist');

create temporary table changed_clients on commit drop as
select
    stg_clients.id,
    count(*) as copies,
    max(stg_clients.landed_seq) as landed_seq
from stg.stg_clients
where
    stg_clients.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_clients_hist'
    )
group by stg_clients.id;

analyze changed_clients;

create temporary table client_versions on commit drop as
with copies as (
    -- A deleted copy is a marker: what it carries besides is never data.
    select
        stg_clients.id,
        stg_clients.row_hash,
        stg_clients.is_deleted,
        stg_clients.deleted_by,
        stg_clients.updated_at,
        stg_clients.observed_at,
        case
            when not stg_clients.is_deleted
                then row(
                    stg_clients.client_name, stg_clients.gender,
                    stg_clients.phone, stg_clients.email,
                    stg_clients.nationality, stg_clients.license,
                    stg_clients.birth_date
                )
        end as state
    from stg.stg_clients
    inner join changed_clients on stg_clients.id = changed_clients.id
),

seen_together as (
    -- Equal in both times: the greatest hash wins, a rule as good as any other.
    select
        copies.*,
        row_number() over one_sight as place,
        copies.state is distinct from first_value(copies.state) over one_sight
            as is_beaten
    from copies
    window one_sight as (
        partition by copies.id, copies.updated_at, copies.observed_at
        order by copies.row_hash desc
    )
),

seen_in_order as (
    select
        seen_together.*,
        row_number() over one_update as sight,
        seen_together.state
        is distinct from lag(seen_together.state) over one_update as is_changed
    from seen_together
    where seen_together.place = 1
    window one_update as (
        partition by seen_together.id, seen_together.updated_at
        order by seen_together.observed_at
    )
),

opened as (
    -- The first copy of an update opens at the update, a later and different one
    -- when it was seen.
    select
        seen_in_order.*,
        case
            when seen_in_order.sight = 1 then seen_in_order.updated_at
            else seen_in_order.observed_at
        end as opens_at
    from seen_in_order
    where seen_in_order.sight = 1 or seen_in_order.is_changed
),

opened_together as (
    -- Copies of different updates that open at one moment: the later update wins.
    select
        opened.*,
        row_number() over one_moment as place_in_moment,
        opened.state is distinct from first_value(opened.state) over one_moment
            as is_overruled
    from opened
    window one_moment as (
        partition by opened.id, opened.opens_at
        order by opened.updated_at desc, opened.observed_at desc
    )
),

changes as (
    select
        opened_together.*,
        opened_together.state
        is distinct from lag(opened_together.state) over history as is_change
    from opened_together
    where opened_together.place_in_moment = 1
    window history as (
        partition by opened_together.id
        order by opened_together.opens_at
    )
),

closed as (
    select
        changes.*,
        lead(changes.opens_at) over history as closes_at,
        lead(changes.deleted_by) over history as closed_by
    from changes
    where changes.is_change
    window history as (partition by changes.id order by changes.opens_at)
),

ties as (
    select
        (select count(*) from seen_together where seen_together.is_beaten)
        + (select count(*) from opened_together where opened_together.is_overruled)
            as copies
)

select
    closed.id,
    closed.row_hash,
    closed.closed_by,
    closed.updated_at,
    closed.opens_at as valid_from,
    closed.closes_at as valid_to,
    ties.copies as tied_copies
from closed
cross join ties
where not closed.is_deleted;

analyze client_versions;

create temporary table merge_counts (
    removed bigint not null default 0,
    opened bigint not null default 0,
    closed bigint not null default 0,
    reopened bigint not null default 0
) on commit drop;

with removed_versions as (
    delete from ods.ods_clients_hist
    using changed_clients
    where
        ods_clients_hist.id = changed_clients.id
        and not exists (
            select
            from client_versions
            where
                client_versions.id = ods_clients_hist.id
                and client_versions.valid_from = ods_clients_hist.valid_from
        )
    returning ods_clients_hist.id
)

insert into merge_counts (removed)
select count(*)
from removed_versions;

with written_versions as (
    insert into ods.ods_clients_hist (
        id, valid_from, load_date,
        client_name, gender, phone, email, nationality, license, birth_date,
        created_at, updated_at, valid_to, is_current, closed_by
    )
    select
        client_versions.id,
        client_versions.valid_from,
        current_setting('rental.logical_date')::date as load_date,
        stg_clients.client_name,
        stg_clients.gender,
        stg_clients.phone,
        stg_clients.email,
        stg_clients.nationality,
        stg_clients.license,
        stg_clients.birth_date,
        stg_clients.created_at,
        stg_clients.updated_at,
        client_versions.valid_to,
        client_versions.valid_to is null as is_current,
        client_versions.closed_by
    from client_versions
    inner join stg.stg_clients
        on
            client_versions.id = stg_clients.id
            and client_versions.updated_at = stg_clients.updated_at
            and client_versions.row_hash = stg_clients.row_hash
    -- Oldest first: a version is closed before its successor opens.
    order by client_versions.id, client_versions.valid_from
    on conflict (id, valid_from) do update
    set
        load_date = excluded.load_date,
        (
            client_name, gender, phone, email, nationality, license, birth_date,
            created_at, updated_at, valid_to, is_current, closed_by
        ) = row(
            excluded.client_name, excluded.gender, excluded.phone,
            excluded.email, excluded.nationality, excluded.license,
            excluded.birth_date, excluded.created_at, excluded.updated_at,
            excluded.valid_to, excluded.is_current, excluded.closed_by
        )
    where
        row(
            ods_clients_hist.client_name, ods_clients_hist.gender,
            ods_clients_hist.phone, ods_clients_hist.email,
            ods_clients_hist.nationality, ods_clients_hist.license,
            ods_clients_hist.birth_date, ods_clients_hist.created_at,
            ods_clients_hist.updated_at, ods_clients_hist.valid_to,
            ods_clients_hist.is_current, ods_clients_hist.closed_by
        ) is distinct from row(
            excluded.client_name, excluded.gender, excluded.phone,
            excluded.email, excluded.nationality, excluded.license,
            excluded.birth_date, excluded.created_at, excluded.updated_at,
            excluded.valid_to, excluded.is_current, excluded.closed_by
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning ods_clients_hist.is_current, ods_clients_hist.xmax = 0 as is_new
)

insert into merge_counts (opened, closed, reopened)
select
    count(*) filter (where written_versions.is_new),
    count(*) filter (
        where not written_versions.is_new and not written_versions.is_current
    ),
    count(*) filter (
        where not written_versions.is_new and written_versions.is_current
    )
from written_versions;

update ops.watermark
set
    position = (select max(changed_clients.landed_seq) from changed_clients),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_clients_hist'
    and exists (select from changed_clients);

select
    (select coalesce(sum(changed_clients.copies), 0)::bigint from changed_clients)
        as rows_read,
    sum(
        merge_counts.removed + merge_counts.opened + merge_counts.closed
        + merge_counts.reopened
    )::bigint as rows_written,
    (select count(*) from changed_clients) as ids_changed,
    sum(merge_counts.opened)::bigint as versions_opened,
    sum(merge_counts.closed)::bigint as versions_closed,
    sum(merge_counts.reopened)::bigint as versions_reopened,
    sum(merge_counts.removed)::bigint as versions_removed,
    (select coalesce(max(client_versions.tied_copies), 0) from client_versions)
        as warning_tied_copies
from merge_counts;
