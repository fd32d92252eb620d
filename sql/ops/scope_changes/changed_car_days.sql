-- What:  lets checks name the days of cars that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_car_days (
    car_id bigint not null,
    usage_date date not null
) on commit drop;

select exists (select from changed_car_days)::integer as car_days;
