-- What:  first builds of facts that index their rows once they are all there, keys too, as that of the history does
-- Data:  nothing is computed anew

-- One for all tables, by what the catalog knows of them: a list of indexes forgets the one that is added later.
create function ops.drop_indexes_of(table_name text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target constant regclass := table_name;
    has_rows boolean;
    one record;
begin
    if table_name not in (
        'ods.ods_leads_hist', 'dds.lead_first_status', 'dds.fact_lead_status_change',
        'dds.fact_rentals', 'dds.fact_fleet_usage_day'
    ) then
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
        left join pg_constraint
            on
                pg_index.indexrelid = pg_constraint.conindid
                and pg_constraint.conrelid = target
        where pg_index.indrelid = target
    loop
        if one.constraint_name is null then
            execute format('drop index %s', one.index_name);
        else
            execute format('alter table %s drop constraint %I', target, one.constraint_name);
        end if;
    end loop;
    return true;
end;
$$;

comment on function ops.drop_indexes_of(text) is 'Drops the key and the indexes of a table that is empty and that nobody has open, so that a first build puts its rows in without them, and says whether it did; the function that creates them must follow in the same transaction. For the roles that write: they own no tables';

-- Creates the key of a table where it is missing.
create function ops.create_key_of(table_name text, key_name text, key_columns text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select
        from pg_constraint
        where conrelid = table_name::regclass and conname = key_name
    ) then
        execute format(
            'alter table %s add constraint %I primary key (%s)', table_name, key_name, key_columns
        );
    end if;
end;
$$;

comment on function ops.create_key_of(text, text, text) is 'Creates the key of a table where it is missing; for the owner of the table';

drop function ods.drop_indexes_of_leads();
drop function dds.drop_indexes_of_rentals();
drop function dds.drop_indexes_of_fleet_days();

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

    create index if not exists fact_rentals_by_booked_start
    on dds.fact_rentals (rental_start)
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

    create index if not exists fact_rentals_open
    on dds.fact_rentals (stage)
    where stage in ('confirmed', 'on_rent');

    create index if not exists fact_rentals_by_amount
    on dds.fact_rentals (amount desc nulls last, lead_id)
    where is_booking and car_id <> 0 and rental_end >= rental_start;
end;
$$;

comment on function dds.create_indexes_of_rentals() is 'Creates the key and the indexes of dds.fact_rentals that are missing';

create or replace function dds.create_indexes_of_fleet_days()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_fleet_usage_day', 'insert') then
        raise exception 'Cannot create the indexes of dds.fact_fleet_usage_day: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    perform ops.create_key_of(
        'dds.fact_fleet_usage_day', 'fact_fleet_usage_day_pkey', 'car_id, usage_date'
    );

    create index if not exists fact_fleet_usage_day_by_date
    on dds.fact_fleet_usage_day (usage_date);

    create index if not exists fact_fleet_usage_day_doubles
    on dds.fact_fleet_usage_day (usage_date)
    where is_double_booked;
end;
$$;

comment on function dds.create_indexes_of_fleet_days() is 'Creates the key and the indexes of dds.fact_fleet_usage_day that are missing';

create function dds.create_indexes_of_status_changes()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_lead_status_change', 'insert') then
        raise exception 'Cannot create the indexes of dds.fact_lead_status_change: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    perform ops.create_key_of('dds.lead_first_status', 'lead_first_status_pkey', 'lead_id');
    perform ops.create_key_of(
        'dds.fact_lead_status_change', 'fact_lead_status_change_pkey',
        'lead_id, change_ts, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id'
    );

    create index if not exists fact_lead_status_change_by_ts
    on dds.fact_lead_status_change (change_ts);

    create index if not exists fact_lead_status_change_gaps
    on dds.fact_lead_status_change (lead_id)
    where source = 'gap';
end;
$$;

comment on function dds.create_indexes_of_status_changes() is 'Creates the keys and the indexes of dds.fact_lead_status_change and dds.lead_first_status that are missing';
