-- What:  tells fleet usage of the bookings that a merge changed in one row, and not in one for each
-- Data:  what fleet usage has not taken in yet stays

alter table dds.fact_fleet_usage_day_pending
alter column lead_id type bigint[] using array[lead_id],
alter column car_id type bigint[] using array[car_id],
alter column first_day type date[] using array[first_day],
alter column last_day type date[] using array[last_day];

alter table dds.fact_fleet_usage_day_pending
rename column lead_id to lead_ids;

alter table dds.fact_fleet_usage_day_pending
rename column car_id to car_ids;

alter table dds.fact_fleet_usage_day_pending
rename column first_day to first_days;

alter table dds.fact_fleet_usage_day_pending
rename column last_day to last_days;

-- Never read but whole, and soon gone: to compress them would cost more than it spares.
alter table dds.fact_fleet_usage_day_pending
alter column lead_ids set storage external,
alter column car_ids set storage external,
alter column first_days set storage external,
alter column last_days set storage external;

comment on table dds.fact_fleet_usage_day_pending is 'One row per merge of rentals that changed bookings: in four lists of one order each booking with its car, and the first and last day of a span that it left or entered; written in the merge''s own transaction, removed once dds.fact_fleet_usage_day has taken it in';
