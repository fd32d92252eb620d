-- What:  rentals that are updated within their page also where they become bookings or cease to be
-- Data:  nothing is computed anew; the indexes of bookings are made again

-- A condition counts as a column of the index: a lead that came to be booked needed a new entry in each.
drop index if exists
    dds.fact_rentals_by_booked_end,
    dds.fact_rentals_by_span,
    dds.fact_rentals_without_dates;

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
    where car_id <> 0 and rental_end >= rental_start;

    create index if not exists fact_rentals_by_span
    on dds.fact_rentals (
        dds.span_class(least(rental_start, rental_end), greatest(rental_start, rental_end)),
        least(rental_start, rental_end)
    );

    create index if not exists fact_rentals_without_dates
    on dds.fact_rentals (lead_id)
    where rental_start is null and rental_end is null;
end;
$$;

select dds.create_indexes_of_rentals();
