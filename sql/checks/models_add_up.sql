-- What:  error: days of models that do not add up to the day of the fleet
-- Grain: one row per day, as YYYYMMDD
-- Reads: dm.model_day, dm.revenue_day
-- Scope: everything
-- After: build_revenue_day: dm.revenue_day
--
-- Why: the page of a model would show other money than the months of it and the page of the fleet.

with models as (
    select
        model_day.usage_date,
        sum(model_day.revenue) as revenue,
        sum(model_day.rented_days) as rented_days,
        sum(model_day.charged_days) as charged_days,
        sum(model_day.unpriced_days) as unpriced_days,
        sum(model_day.car_days) as car_days
    from dm.model_day
    group by model_day.usage_date
)

select
    to_char(coalesce(fleet.usage_date, models.usage_date), 'YYYYMMDD')::bigint as id,
    'revenue ' || trim_scale(coalesce(fleet.revenue, 0)) || ', models '
    || trim_scale(coalesce(models.revenue, 0)) || '; rented days '
    || coalesce(fleet.rented_days, 0) || ', models ' || coalesce(models.rented_days, 0)
        as detail
from dm.revenue_day as fleet
full join models on fleet.usage_date = models.usage_date
where
    row(
        coalesce(fleet.revenue, 0), coalesce(fleet.rented_days, 0),
        coalesce(fleet.charged_days, 0), coalesce(fleet.unpriced_days, 0)
    ) is distinct from row(
        coalesce(models.revenue, 0), coalesce(models.rented_days, 0),
        coalesce(models.charged_days, 0), coalesce(models.unpriced_days, 0)
    )
    -- Of days ahead the fleet does not count its cars.
    or coalesce(fleet.car_days, models.car_days, 0) is distinct from coalesce(models.car_days, 0);
