-- What:  adds the clients whose newest row in stg is not what their open version says to what
--        checks of the history look at
-- Grain: newest_sights (of scope_history.sql): a client and its open version
-- Reads: changed_clients, stg.stg_clients, ods.ods_clients_hist, ops.watermark
--
-- What a load has landed since the last merge is not in the history yet. (By a difference, so
-- that the rows are found by their clients: nearly all have landed before. Of each client the last
-- ones alone are read, however long its life is.)

insert into newest_sights (
    table_name, id, is_deleted, is_open, observed_at, opened_at
)
with merged as (
    select watermark.position
    from ops.watermark
    where watermark.name = 'ods.ods_clients_hist'
),

sights as not materialized (
    select last_ones.*
    from changed_clients
    cross join lateral (
        select stg_clients.*
        from stg.stg_clients
        where
            stg_clients.id = changed_clients.id
            and stg_clients.landed_seq - (select merged.position from merged) <= 0
        order by stg_clients.observed_at desc
        fetch first 1 row with ties
    ) as last_ones
),

contradictions as materialized (
    select
        sights.id,
        sights.row_hash,
        sights.is_deleted,
        sights.updated_at,
        sights.observed_at,
        ods_clients_hist.valid_from as opened_at
    from sights
    left join ods.ods_clients_hist
        on sights.id = ods_clients_hist.id and ods_clients_hist.is_current
    where
        sights.is_deleted = (ods_clients_hist.id is not null)
        or (
            not sights.is_deleted
            and row(
                sights.client_name, sights.gender, sights.phone, sights.email,
                sights.nationality, sights.license, sights.birth_date
            ) is distinct from row(
                ods_clients_hist.client_name, ods_clients_hist.gender,
                ods_clients_hist.phone, ods_clients_hist.email,
                ods_clients_hist.nationality, ods_clients_hist.license,
                ods_clients_hist.birth_date
            )
        )
)

select
    'ods.ods_clients_hist' as table_name,
    contradictions.id,
    contradictions.is_deleted,
    contradictions.opened_at is not null as is_open,
    contradictions.observed_at,
    contradictions.opened_at
from contradictions
-- The last one in the order of stg decides.
where
    not exists (
        select
        from stg.stg_clients as later
        where
            later.id = contradictions.id
            and later.landed_seq - (select merged.position from merged) <= 0
            and (
                later.observed_at, later.updated_at, later.is_deleted,
                later.row_hash collate "C"
            ) > (
                contradictions.observed_at, contradictions.updated_at,
                contradictions.is_deleted, contradictions.row_hash collate "C"
            )
    );

select count(*) as clients_to_judge
from newest_sights;
