-- What:  the months of the fleet and of a model found without those of all cars, which are nearly all rows

create index fleet_utilisation_month_of_models
on dm.fleet_utilisation_month (level, model, month)
where level <> 'car';

create index revenue_month_of_models
on dm.revenue_month (level, model, month)
where level <> 'car';
