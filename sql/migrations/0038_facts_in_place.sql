-- What:  facts that are written in place, and indexed once all rows are there in a first build
-- Data:  nothing is computed anew

-- Changed in its page, where there is room for it, a row needs no new entries in the indexes whose columns stay: a
-- day of fleet usage never, a rental where its lead was edited elsewhere.
alter table dds.fact_fleet_usage_day set (fillfactor = 70);
alter table dds.fact_rentals set (fillfactor = 90);

-- Read from where each mart stopped, which is nearly all of it, and emptied every night.
alter table dds.changed_car_day drop constraint changed_car_day_pkey;

-- Takes the indexes of an empty fact away, so that a first build puts its rows in without them; none of them where
-- a reader has the table open, since nobody waits for speed. For the roles that write: they own no tables.
create function dds.drop_indexes_of_rentals()
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_rentals', 'insert') then
        raise exception 'Cannot drop the indexes of dds.fact_rentals: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    begin
        lock table dds.fact_rentals in access exclusive mode nowait;
    exception
        when lock_not_available then
            return false;
    end;
    if exists (select from dds.fact_rentals) then
        return false;
    end if;
    drop index if exists
        dds.fact_rentals_by_car,
        dds.fact_rentals_by_client,
        dds.fact_rentals_by_booked_end,
        dds.fact_rentals_by_booked_start,
        dds.fact_rentals_by_span,
        dds.fact_rentals_without_dates,
        dds.fact_rentals_open,
        dds.fact_rentals_by_amount;
    return true;
end;
$$;

comment on function dds.drop_indexes_of_rentals() is 'Drops the indexes of dds.fact_rentals but its key, where it is empty and nobody has it open, and says whether it did; dds.create_indexes_of_rentals() must follow in the same transaction';

create function dds.create_indexes_of_rentals()
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

comment on function dds.create_indexes_of_rentals() is 'Creates the indexes of dds.fact_rentals that are missing, all but its key';

create function dds.drop_indexes_of_fleet_days()
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not has_table_privilege(session_user, 'dds.fact_fleet_usage_day', 'insert') then
        raise exception 'Cannot drop the indexes of dds.fact_fleet_usage_day: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    begin
        lock table dds.fact_fleet_usage_day in access exclusive mode nowait;
    exception
        when lock_not_available then
            return false;
    end;
    if exists (select from dds.fact_fleet_usage_day) then
        return false;
    end if;
    drop index if exists
        dds.fact_fleet_usage_day_by_date,
        dds.fact_fleet_usage_day_doubles;
    return true;
end;
$$;

comment on function dds.drop_indexes_of_fleet_days() is 'Drops the indexes of dds.fact_fleet_usage_day but its key, where it is empty and nobody has it open, and says whether it did; dds.create_indexes_of_fleet_days() must follow in the same transaction';

create function dds.create_indexes_of_fleet_days()
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
    create index if not exists fact_fleet_usage_day_by_date
    on dds.fact_fleet_usage_day (usage_date);

    create index if not exists fact_fleet_usage_day_doubles
    on dds.fact_fleet_usage_day (usage_date)
    where is_double_booked;
end;
$$;

comment on function dds.create_indexes_of_fleet_days() is 'Creates the indexes of dds.fact_fleet_usage_day that are missing, all but its key';
