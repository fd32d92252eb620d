-- What:  brings the days of models up to what the days of their cars grew by
-- Grain: dm.model_day: one row per model and day on which a car of it has a row
-- Reads: mart_reading (of car_days_reading.sql), dds.dim_car, dds.changed_car_day,
--        dds.fact_fleet_usage_day (cars of another model than before; everything when built anew)

delete from dm.model_day
using mart_reading
where mart_reading.is_everything;

delete from dm.model_day_car
using mart_reading
where mart_reading.is_everything;

create temporary table moved_cars on commit drop as
select
    dim_car.car_id,
    model_day_car.model as model_before,
    coalesce(dim_car.model, '(none)') as model
from dds.dim_car
left join dm.model_day_car on dim_car.car_id = model_day_car.car_id
where
    dim_car.car_id <> 0
    and model_day_car.model is distinct from coalesce(dim_car.model, '(none)');

analyze moved_cars;

create temporary table model_growth on commit drop as
with growth as (
    -- First to the model that a car was of, so that what moves with it is all that it has now.
    select
        model_day_car.model,
        noted.usage_date,
        noted.car_days,
        noted.rented_days,
        noted.charged_days,
        noted.unpriced_days,
        noted.revenue
    from mart_reading
    cross join lateral dds.car_days_noted(
        mart_reading.read_from, mart_reading.read_to
    ) as noted
    inner join dm.model_day_car on noted.car_id = model_day_car.car_id
    union all
    select
        moved_cars.model_before,
        usage.usage_date,
        -1 as car_days,
        -usage.is_rented::integer as rented_days,
        -usage.charged_days as charged_days,
        -usage.is_unpriced::integer as unpriced_days,
        -usage.amount_share as revenue
    from moved_cars
    inner join dds.fact_fleet_usage_day as usage on moved_cars.car_id = usage.car_id
    where moved_cars.model_before is not null
    union all
    select
        moved_cars.model,
        usage.usage_date,
        1 as car_days,
        usage.is_rented::integer as rented_days,
        usage.charged_days,
        usage.is_unpriced::integer as unpriced_days,
        usage.amount_share as revenue
    from moved_cars
    inner join dds.fact_fleet_usage_day as usage on moved_cars.car_id = usage.car_id
)

select
    growth.model,
    growth.usage_date,
    sum(growth.car_days) as car_days,
    sum(growth.rented_days) as rented_days,
    sum(growth.charged_days) as charged_days,
    sum(growth.unpriced_days) as unpriced_days,
    sum(growth.revenue) as revenue
from growth
group by growth.model, growth.usage_date
having
    row(
        sum(growth.car_days), sum(growth.rented_days), sum(growth.charged_days),
        sum(growth.unpriced_days), sum(growth.revenue)
    ) <> row(0, 0, 0, 0, 0);

analyze model_growth;

insert into dm.model_day as known (
    model, car_days, rented_days, charged_days, unpriced_days, revenue, usage_date
)
select
    model_growth.model,
    model_growth.car_days,
    model_growth.rented_days,
    model_growth.charged_days,
    model_growth.unpriced_days,
    trim_scale(model_growth.revenue) as revenue,
    model_growth.usage_date
from model_growth
on conflict (model, usage_date) do update
set
    car_days = known.car_days + excluded.car_days,
    rented_days = known.rented_days + excluded.rented_days,
    charged_days = known.charged_days + excluded.charged_days,
    unpriced_days = known.unpriced_days + excluded.unpriced_days,
    revenue = trim_scale(known.revenue + excluded.revenue);

delete from dm.model_day
using model_growth
where
    model_day.model = model_growth.model
    and model_day.usage_date = model_growth.usage_date
    and model_day.car_days = 0;

insert into dm.model_day_car (car_id, model)
select
    moved_cars.car_id,
    moved_cars.model
from moved_cars
on conflict (car_id) do update
set model = excluded.model;

select count(*) as model_days_written
from model_growth;
