-- What:  links of rentals that lead nowhere, kept where they are few, instead of plates, licences and links of all leads in
--        indexes that every new version of a lead must be put into
-- Data:  nothing is computed anew; the links are taken from the rentals that are there (three to seven seconds per million)

create table dds.unresolved_link (
    lead_id bigint not null,
    kind text not null,
    key text collate "C" not null,
    constraint unresolved_link_pkey primary key (lead_id, kind, key)
);

comment on table dds.unresolved_link is 'What rentals say of their car or client without being its rental: whoever comes to bear such a plate or licence, or comes into the catalog, may be meant by these leads, which nothing else would find then. Written with fact_rentals';
comment on column dds.unresolved_link.kind is 'car or client: a plate or licence of a rental whose car or client is not known; car element or client element: one that is linked, and that no read of the catalog has shown';
comment on column dds.unresolved_link.key is 'The plate or licence as look-ups compare it, or the number of the linked element';

-- Whoever is found by it is looked for by what changed, whoever is forgotten by its lead.
create index unresolved_link_by_key on dds.unresolved_link (key, kind);

-- By what the fact says and the lead says: a link that is followed is the car (client) of the fact, and of several that
-- are linked (0) nobody is meant, whoever comes. A lead that changed since its rental was written is looked at by the next
-- merge anyway.
insert into dds.unresolved_link (lead_id, kind, key)
select
    fact_rentals.lead_id,
    links.kind,
    links.key
from dds.fact_rentals
inner join ods.ods_leads_hist
    on fact_rentals.lead_id = ods_leads_hist.id and ods_leads_hist.is_current
cross join lateral (
    values
    (
        'car',
        case
            when
                fact_rentals.car_id = 0
                and ods_leads_hist.car_element_id is distinct from 0
                then ods.lookup_key(ods_leads_hist.plate)
        end
    ),
    (
        'client',
        case
            when
                fact_rentals.client_id = 0
                and ods_leads_hist.client_element_id is distinct from 0
                then ods.lookup_key(ods_leads_hist.license)
        end
    ),
    ('car element', nullif(nullif(ods_leads_hist.car_element_id, 0), fact_rentals.car_id)::text),
    ('client element', nullif(nullif(ods_leads_hist.client_element_id, 0), fact_rentals.client_id)::text)
) as links (kind, key)
where links.key is not null;

drop index if exists
    ods.ods_leads_hist_by_plate,
    ods.ods_leads_hist_by_license,
    ods.ods_leads_hist_by_car_element,
    ods.ods_leads_hist_by_client_element;

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

    create index if not exists ods_leads_hist_past_by_span
    on ods.ods_leads_hist (dds.span_class(valid_from, valid_to), valid_from)
    include (id, valid_to, pipeline_id, status_id, rental_start, rental_end)
    where not is_current;

    create index if not exists ods_leads_hist_current_by_opening
    on ods.ods_leads_hist (valid_from, rental_start, id)
    where is_current;
end;
$$;

-- Without the indexes that are no more: somebody may give their names to some of his own.
create or replace function ops.drop_indexes_of(table_name text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target constant regclass := table_name;
    -- Those that the function of the table creates again; the key is found by its kind.
    created_again constant text[] := case table_name
        when 'ods.ods_leads_hist' then
            array[
                'ods_leads_hist_one_current', 'ods_leads_hist_past_by_span',
                'ods_leads_hist_current_by_opening'
            ]
        when 'dds.lead_first_status' then array[]::text[]
        when 'dds.fact_lead_status_change' then
            array['fact_lead_status_change_by_ts', 'fact_lead_status_change_gaps']
        when 'dds.fact_rentals' then
            array[
                'fact_rentals_by_car', 'fact_rentals_by_client', 'fact_rentals_by_booked_end',
                'fact_rentals_by_span', 'fact_rentals_without_dates'
            ]
        when 'dds.fact_fleet_usage_day' then
            array['fact_fleet_usage_day_by_date', 'fact_fleet_usage_day_doubles']
    end;
    has_rows boolean;
    one record;
begin
    if created_again is null then
        raise exception 'Cannot drop the indexes of %: nothing creates them again', table_name
            using errcode = 'invalid_parameter_value';
    end if;
    if not has_table_privilege(session_user, target, 'insert') then
        raise exception 'Cannot drop the indexes of %: this login may not write the table', table_name
            using errcode = 'insufficient_privilege';
    end if;
    begin
        execute format('lock table %s in access exclusive mode nowait', target);
    exception
        when lock_not_available then
            return false;
    end;
    execute format('select exists (select from %s)', target) into has_rows;
    if has_rows then
        return false;
    end if;
    for one in
        select
            pg_index.indexrelid::regclass as index_name,
            pg_constraint.conname as constraint_name
        from pg_index
        inner join pg_class on pg_index.indexrelid = pg_class.oid
        left join pg_constraint
            on
                pg_index.indexrelid = pg_constraint.conindid
                and pg_constraint.conrelid = target
        where
            pg_index.indrelid = target
            and (pg_index.indisprimary or pg_class.relname::text = any(created_again))
            -- What was set by it would not be known when it is created again.
            and not pg_index.indisreplident
            and not pg_index.indisclustered
    loop
        begin
            if one.constraint_name is null then
                execute format('drop index %s', one.index_name);
            else
                execute format('alter table %s drop constraint %I', target, one.constraint_name);
            end if;
        exception
            -- A foreign key or a view of somebody else: it stays, and rows are put into it one by one.
            when dependent_objects_still_exist then
                null;
        end;
    end loop;
    return true;
end;
$$;

select ops.grant_roles();
