-- What:  shows versions.sql and newest.sql the clients that changed, and versions.sql their
--        versions
-- Grain: looked_at: a client; kept_versions: a version, of which is_doubtful says, where it is
--        open, that the newest row of its client in stg may say something else
-- Reads: changed_clients, stg.stg_clients, ods.ods_clients_hist, ops.watermark

create temporary view looked_at as
select changed_clients.id
from changed_clients;

create temporary view kept_versions as
select
    ods_clients_hist.id,
    ods_clients_hist.is_current,
    ods_clients_hist.updated_at,
    ods_clients_hist.valid_from,
    ods_clients_hist.valid_to,
    case
        when
            ods_clients_hist.is_current
            -- Of very many newest.sql looks for itself.
            and not (select current_setting('rental.is_large_scope')::boolean)
            then (
                select
                    stg_clients.is_deleted
                    or row(
                        stg_clients.client_name, stg_clients.gender, stg_clients.phone,
                        stg_clients.email, stg_clients.nationality, stg_clients.license,
                        stg_clients.birth_date
                    ) is distinct from row(
                        ods_clients_hist.client_name, ods_clients_hist.gender,
                        ods_clients_hist.phone, ods_clients_hist.email,
                        ods_clients_hist.nationality, ods_clients_hist.license,
                        ods_clients_hist.birth_date
                    )
                    or exists (
                        select
                        from stg.stg_clients as twins
                        where
                            twins.id = stg_clients.id
                            and twins.observed_at = stg_clients.observed_at
                            and twins.row_hash < stg_clients.row_hash
                    )
                from stg.stg_clients
                where
                    stg_clients.id = ods_clients_hist.id
                    -- What a load has landed since the last merge is not in the history
                    -- yet. (Asked as "is not true", so that nobody looks for the rows by
                    -- it: nearly all have landed before.)
                    and (
                        stg_clients.landed_seq
                        > (
                            select watermark.position
                            from ops.watermark
                            where watermark.name = 'ods.ods_clients_hist'
                        )
                    ) is not true
                -- Of two that were seen at one time the twin is the other one.
                order by stg_clients.observed_at desc, stg_clients.row_hash desc
                limit 1
            )
    end as is_doubtful
from ods.ods_clients_hist;

select set_config('rental.scoped_history', 'ods.ods_clients_hist', true) as scoped_history;
