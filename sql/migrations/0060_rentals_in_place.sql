-- What:  rentals that are updated within their page where their stage or amount changes, and need no new entries in any
--        index then
-- Data:  nothing is computed anew, and no row is written again: pages that are there give way as their rows change

-- Who looked for rentals by their stage or their amount looks into dm.lead_state.
drop index dds.fact_rentals_open, dds.fact_rentals_by_amount;

-- As much room as there are rows: leads that are new together change together.
alter table dds.fact_rentals set (fillfactor = 50);

create or replace function dds.create_indexes_of_rentals()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_rentals', 'insert') then
        raise exception 'Cannot create the indexes of dds.fact_rentals: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    perform ops.create_key_of('dds.fact_rentals', 'fact_rentals_pkey', 'lead_id');

    create index if not exists fact_rentals_by_car
    on dds.fact_rentals (car_id, rental_end);

    create index if not exists fact_rentals_by_client
    on dds.fact_rentals (client_id);

    create index if not exists fact_rentals_by_booked_end
    on dds.fact_rentals (rental_end)
    where is_booking and car_id <> 0 and rental_end >= rental_start;

    create index if not exists fact_rentals_by_span
    on dds.fact_rentals (
        dds.span_class(least(rental_start, rental_end), greatest(rental_start, rental_end)),
        least(rental_start, rental_end)
    )
    where is_booking;

    create index if not exists fact_rentals_without_dates
    on dds.fact_rentals (lead_id)
    where is_booking and rental_start is null and rental_end is null;
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
                'ods_leads_hist_one_current', 'ods_leads_hist_by_plate', 'ods_leads_hist_by_license',
                'ods_leads_hist_by_car_element', 'ods_leads_hist_by_client_element',
                'ods_leads_hist_past_by_span', 'ods_leads_hist_current_by_opening'
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
