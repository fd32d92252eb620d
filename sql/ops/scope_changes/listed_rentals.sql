-- What:  lets checks name the rentals of the days that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists listed_rentals (
    lead_id bigint not null,
    car_id bigint not null,
    is_booking boolean not null,
    amount numeric not null,
    first_day date,
    last_day date
) on commit drop;

select exists (select from listed_rentals)::integer as listed_rentals;
