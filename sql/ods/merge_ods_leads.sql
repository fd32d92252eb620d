-- What:  merges the copies of leads that landed since the last merge into the history
-- Grain: one row per version of a lead, valid in [valid_from, valid_to)
-- Reads: stg.stg_leads, ops.watermark
--
-- All versions of a changed lead are computed anew from all its copies and compared
-- with the stored ones: the history stays a pure function of stg, whatever the
-- order of arrival.

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_leads', 'ods.ods_leads_hist');

create temporary table changed_leads on commit drop as
select
    stg_leads.id,
    count(*) as copies,
    max(stg_leads.landed_seq) as landed_seq
from stg.stg_leads
where
    stg_leads.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_leads_hist'
    )
group by stg_leads.id;

analyze changed_leads;

create temporary table lead_versions on commit drop as
with copies as (
    -- A deleted copy is a marker: what it carries besides is never data.
    select
        stg_leads.id,
        stg_leads.row_hash,
        stg_leads.is_deleted,
        stg_leads.deleted_by,
        stg_leads.updated_at,
        stg_leads.observed_at,
        case
            when not stg_leads.is_deleted
                then row(
                    stg_leads.pipeline_id, stg_leads.status_id,
                    stg_leads.responsible_user_id, stg_leads.loss_reason_id,
                    stg_leads.car_element_id, stg_leads.client_element_id,
                    stg_leads.name, stg_leads.model, stg_leads.plate,
                    stg_leads.client_name, stg_leads.license, stg_leads.budget,
                    stg_leads.dailyrate, stg_leads.rental_start,
                    stg_leads.rental_end, stg_leads.closed_at
                )
        end as state
    from stg.stg_leads
    inner join changed_leads on stg_leads.id = changed_leads.id
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

analyze lead_versions;

create temporary table merge_counts (
    removed bigint not null default 0,
    opened bigint not null default 0,
    closed bigint not null default 0,
    reopened bigint not null default 0
) on commit drop;

with removed_versions as (
    delete from ods.ods_leads_hist
    using changed_leads
    where
        ods_leads_hist.id = changed_leads.id
        and not exists (
            select
            from lead_versions
            where
                lead_versions.id = ods_leads_hist.id
                and lead_versions.valid_from = ods_leads_hist.valid_from
        )
    returning ods_leads_hist.id
)

insert into merge_counts (removed)
select count(*)
from removed_versions;

with written_versions as (
    insert into ods.ods_leads_hist (
        id, valid_from, load_date,
        pipeline_id, status_id, responsible_user_id, loss_reason_id,
        car_element_id, client_element_id, name, model, plate, client_name,
        license, budget, dailyrate, rental_start, rental_end, closed_at,
        created_at, updated_at, valid_to, is_current, closed_by
    )
    select
        lead_versions.id,
        lead_versions.valid_from,
        current_setting('rental.logical_date')::date as load_date,
        stg_leads.pipeline_id,
        stg_leads.status_id,
        stg_leads.responsible_user_id,
        stg_leads.loss_reason_id,
        stg_leads.car_element_id,
        stg_leads.client_element_id,
        stg_leads.name,
        stg_leads.model,
        stg_leads.plate,
        stg_leads.client_name,
        stg_leads.license,
        stg_leads.budget,
        stg_leads.dailyrate,
        stg_leads.rental_start,
        stg_leads.rental_end,
        stg_leads.closed_at,
        stg_leads.created_at,
        stg_leads.updated_at,
        lead_versions.valid_to,
        lead_versions.valid_to is null as is_current,
        lead_versions.closed_by
    from lead_versions
    inner join stg.stg_leads
        on
            lead_versions.id = stg_leads.id
            and lead_versions.updated_at = stg_leads.updated_at
            and lead_versions.row_hash = stg_leads.row_hash
    -- Oldest first: a version is closed before its successor opens.
    order by lead_versions.id, lead_versions.valid_from
    on conflict (id, valid_from) do update
    set
        load_date = excluded.load_date,
        (
            pipeline_id, status_id, responsible_user_id, loss_reason_id,
            car_element_id, client_element_id, name, model, plate, client_name,
            license, budget, dailyrate, rental_start, rental_end, closed_at,
            created_at, updated_at, valid_to, is_current, closed_by
        ) = row(
            excluded.pipeline_id, excluded.status_id,
            excluded.responsible_user_id, excluded.loss_reason_id,
            excluded.car_element_id, excluded.client_element_id, excluded.name,
            excluded.model, excluded.plate, excluded.client_name,
            excluded.license, excluded.budget, excluded.dailyrate,
            excluded.rental_start, excluded.rental_end, excluded.closed_at,
            excluded.created_at, excluded.updated_at, excluded.valid_to,
            excluded.is_current, excluded.closed_by
        )
    where
        row(
            ods_leads_hist.pipeline_id, ods_leads_hist.status_id,
            ods_leads_hist.responsible_user_id, ods_leads_hist.loss_reason_id,
            ods_leads_hist.car_element_id, ods_leads_hist.client_element_id,
            ods_leads_hist.name, ods_leads_hist.model, ods_leads_hist.plate,
            ods_leads_hist.client_name, ods_leads_hist.license,
            ods_leads_hist.budget, ods_leads_hist.dailyrate,
            ods_leads_hist.rental_start, ods_leads_hist.rental_end,
            ods_leads_hist.closed_at, ods_leads_hist.created_at,
            ods_leads_hist.updated_at, ods_leads_hist.valid_to,
            ods_leads_hist.is_current, ods_leads_hist.closed_by
        ) is distinct from row(
            excluded.pipeline_id, excluded.status_id,
            excluded.responsible_user_id, excluded.loss_reason_id,
            excluded.car_element_id, excluded.client_element_id, excluded.name,
            excluded.model, excluded.plate, excluded.client_name,
            excluded.license, excluded.budget, excluded.dailyrate,
            excluded.rental_start, excluded.rental_end, excluded.closed_at,
            excluded.created_at, excluded.updated_at, excluded.valid_to,
            excluded.is_current, excluded.closed_by
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning ods_leads_hist.is_current, ods_leads_hist.xmax = 0 as is_new
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
    position = (select max(changed_leads.landed_seq) from changed_leads),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_leads_hist'
    and exists (select from changed_leads);

select
    (select coalesce(sum(changed_leads.copies), 0)::bigint from changed_leads)
        as rows_read,
    sum(
        merge_counts.removed + merge_counts.opened + merge_counts.closed
        + merge_counts.reopened
    )::bigint as rows_written,
    (select count(*) from changed_leads) as ids_changed,
    sum(merge_counts.opened)::bigint as versions_opened,
    sum(merge_counts.closed)::bigint as versions_closed,
    sum(merge_counts.reopened)::bigint as versions_reopened,
    sum(merge_counts.removed)::bigint as versions_removed,
    (select coalesce(max(lead_versions.tied_copies), 0) from lead_versions)
        as warning_tied_copies
from merge_counts;
