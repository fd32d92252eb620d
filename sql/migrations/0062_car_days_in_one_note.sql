-- What:  notes the days of cars that a merge wrote differently in one row, and not in one for each
-- Data:  notes that marts have not taken in yet stay, under their numbers

alter table dds.changed_car_day
alter column car_days drop default,
alter column rented_days drop default,
alter column charged_days drop default,
alter column unpriced_days drop default,
alter column unattributed_bookings drop default,
alter column revenue drop default,
alter column unattributed_revenue drop default;

alter table dds.changed_car_day
alter column car_id type bigint[] using array[car_id],
alter column usage_date type date[] using array[usage_date],
alter column car_days type integer[] using array[car_days],
alter column rented_days type integer[] using array[rented_days],
alter column charged_days type integer[] using array[charged_days],
alter column unpriced_days type integer[] using array[unpriced_days],
alter column unattributed_bookings type integer[] using array[unattributed_bookings],
alter column revenue type numeric[] using array[revenue],
alter column unattributed_revenue type numeric[] using array[unattributed_revenue];

alter table dds.changed_car_day
rename column car_id to car_ids;

alter table dds.changed_car_day
rename column usage_date to usage_dates;

-- Lists that a note leaves out are empty. Never read but whole, and soon gone: to compress them would
-- cost more than it spares.
alter table dds.changed_car_day
alter column car_days set default '{}',
alter column rented_days set default '{}',
alter column charged_days set default '{}',
alter column unpriced_days set default '{}',
alter column unattributed_bookings set default '{}',
alter column revenue set default '{}',
alter column unattributed_revenue set default '{}',
alter column car_ids set storage external,
alter column usage_dates set storage external,
alter column car_days set storage external,
alter column rented_days set storage external,
alter column charged_days set storage external,
alter column unpriced_days set storage external,
alter column unattributed_bookings set storage external,
alter column revenue set storage external,
alter column unattributed_revenue set storage external;

comment on table dds.changed_car_day is 'One row per merge that wrote days of cars differently in dds.fact_fleet_usage_day or dm.unattributed_booking, with what their sums grew by; written in the merge''s own transaction, removed once every mart has taken it in';
comment on column dds.changed_car_day.car_ids is 'The car of each day (0: a booking without a car); the other lists are in the same order, or empty where nothing grew';

create function dds.car_days_noted(after_seq bigint, last_seq bigint)
returns table (
    car_id bigint,
    usage_date date,
    car_days integer,
    rented_days integer,
    charged_days integer,
    unpriced_days integer,
    unattributed_bookings integer,
    revenue numeric,
    unattributed_revenue numeric
)
language sql
stable
as $$
    select
        noted.car_id,
        noted.usage_date,
        coalesce(noted.car_days, 0),
        coalesce(noted.rented_days, 0),
        coalesce(noted.charged_days, 0),
        coalesce(noted.unpriced_days, 0),
        coalesce(noted.unattributed_bookings, 0),
        coalesce(noted.revenue, 0),
        coalesce(noted.unattributed_revenue, 0)
    from (
        -- Side by side in one select they come row by row, a list that is shorter with nulls.
        select
            unnest(changed_car_day.car_ids) as car_id,
            unnest(changed_car_day.usage_dates) as usage_date,
            unnest(changed_car_day.car_days) as car_days,
            unnest(changed_car_day.rented_days) as rented_days,
            unnest(changed_car_day.charged_days) as charged_days,
            unnest(changed_car_day.unpriced_days) as unpriced_days,
            unnest(changed_car_day.unattributed_bookings) as unattributed_bookings,
            unnest(changed_car_day.revenue) as revenue,
            unnest(changed_car_day.unattributed_revenue) as unattributed_revenue
        from dds.changed_car_day
        where
            changed_car_day.change_seq > after_seq
            and changed_car_day.change_seq <= last_seq
    ) as noted
$$;

comment on function dds.car_days_noted(bigint, bigint) is 'The days of cars that merges have noted in dds.changed_car_day after one note and up to another, as often as they did, with what their sums grew by';

comment on function dds.forget_changed_car_days() is 'Removes from dds.changed_car_day what every mart has taken in; a mart that was never built needs none. Returns how many notes';
