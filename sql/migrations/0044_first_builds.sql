-- What:  first builds that index their rows once they are all there, keys too
-- Data:  nothing is computed anew

-- The key goes with the other indexes: rows come in the order in which they landed, and are sorted once; none of them where
-- a reader has the table open, since nobody waits for speed. For the roles that write: they own no tables.
create or replace function ods.drop_indexes_of_leads()
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not has_table_privilege(session_user, 'ods.ods_leads_hist', 'insert') then
        raise exception 'Cannot drop the indexes of ods.ods_leads_hist: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    begin
        lock table ods.ods_leads_hist in access exclusive mode nowait;
    exception
        when lock_not_available then
            return false;
    end;
    if exists (select from ods.ods_leads_hist) then
        return false;
    end if;
    alter table ods.ods_leads_hist
    drop constraint if exists ods_leads_hist_pkey;
    drop index if exists
        ods.ods_leads_hist_one_current,
        ods.ods_leads_hist_by_plate,
        ods.ods_leads_hist_by_license,
        ods.ods_leads_hist_by_car_element,
        ods.ods_leads_hist_by_client_element,
        ods.ods_leads_hist_past_by_span,
        ods.ods_leads_hist_current_by_opening;
    return true;
end;
$$;

comment on function ods.drop_indexes_of_leads() is 'Drops the key and the indexes of ods.ods_leads_hist, where it is empty and nobody has it open, and says whether it did; ods.create_indexes_of_leads() must follow in the same transaction';

create or replace function ods.create_indexes_of_leads()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'ods.ods_leads_hist', 'insert') then
        raise exception 'Cannot create the indexes of ods.ods_leads_hist: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    if not exists (
        select
        from pg_constraint
        where conrelid = 'ods.ods_leads_hist'::regclass and conname = 'ods_leads_hist_pkey'
    ) then
        alter table ods.ods_leads_hist
        add constraint ods_leads_hist_pkey primary key (id, valid_from);
    end if;

    create unique index if not exists ods_leads_hist_one_current
    on ods.ods_leads_hist (id)
    include (valid_from)
    where is_current;

    -- "C": the locale of the database takes longer to compare, by the rules of a language, what is equal or is not.
    create index if not exists ods_leads_hist_by_plate
    on ods.ods_leads_hist ((ods.lookup_key(plate)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_license
    on ods.ods_leads_hist ((ods.lookup_key(license)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_car_element
    on ods.ods_leads_hist (car_element_id)
    where is_current and car_element_id is not null;

    create index if not exists ods_leads_hist_by_client_element
    on ods.ods_leads_hist (client_element_id)
    where is_current and client_element_id is not null;

    create index if not exists ods_leads_hist_past_by_span
    on ods.ods_leads_hist (dds.span_class(valid_from, valid_to), valid_from)
    include (id, valid_to, pipeline_id, status_id, rental_start, rental_end)
    where not is_current;

    create index if not exists ods_leads_hist_current_by_opening
    on ods.ods_leads_hist (valid_from, rental_start, id)
    where is_current;
end;
$$;

comment on function ods.create_indexes_of_leads() is 'Creates the key and the indexes of ods.ods_leads_hist that are missing';
