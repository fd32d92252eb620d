-- What:  indexes for what the pages Funnel and Clients list: the leads, visits and clients behind a figure
-- Data:  unchanged

create index lead_state_by_creation
on dm.lead_state (created_day, lead_id)
where stage is not null;

create index lead_state_open
on dm.lead_state (stage, created_day, lead_id)
where stage not in ('closed', 'cancelled');

create index lead_state_by_confirmation
on dm.lead_state (confirmed_day, lead_id)
where confirmed_day is not null and stage is not null;

create index lead_state_confirmed_by_start
on dm.lead_state (start_day, lead_id)
where confirmed_day is not null and stage is not null;

-- The month of dm.lead_time, with all that it shows; nobody asks for its days.
drop index dm.lead_state_by_start;
create index lead_state_by_start_month
on dm.lead_state ((date_trunc('month', start_day::timestamp)::date))
include (start_day, confirmed_day, rental_days)
where stage between 'confirmed' and 'closed' and confirmed_day is not null and start_day is not null;

create index lead_visit_by_entry on dm.lead_visit (to_stage, change_ts);
create index lead_visit_untimed on dm.lead_visit (from_stage, to_stage) where not is_timed;
create index client_value_by_first_rental on dm.client_value (first_rental) include (is_repeat);
