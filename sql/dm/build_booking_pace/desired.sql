-- What:  compares what stood on the books with what stood there before
-- Grain: desired_rows: one row per as_of and later day with something on it, or before
-- Reads: mart_reading, stays and states (of the files before)

create temporary table desired_rows (
    like dm.booking_pace
) on commit drop;

with compared as (
    select
        states.stay_date,
        states.as_of,
        states.booked_days,
        states.revenue,
        lag(states.booked_days, 1) over history as days_1,
        lag(states.revenue, 1) over history as revenue_1,
        lag(states.booked_days, 7) over history as days_7,
        lag(states.revenue, 7) over history as revenue_7,
        lag(states.booked_days, 28) over history as days_28,
        lag(states.revenue, 28) over history as revenue_28
    from states
    where states.days_back = 0
    window history as (
        partition by states.stay_date
        order by states.as_of
    )
),

-- What was before the first load is not known.
known as (
    select
        compared.stay_date,
        compared.as_of,
        compared.booked_days,
        compared.revenue,
        case when age.days >= 1 then compared.days_1 end as days_1,
        case when age.days >= 1 then compared.revenue_1 end as revenue_1,
        case when age.days >= 7 then compared.days_7 end as days_7,
        case when age.days >= 7 then compared.revenue_7 end as revenue_7,
        case when age.days >= 28 then compared.days_28 end as days_28,
        case when age.days >= 28 then compared.revenue_28 end as revenue_28,
        case when age.days >= 364 then last_year.booked_days end as last_year_days,
        case when age.days >= 364 then last_year.revenue end as last_year_revenue
    from compared
    inner join stays
        on
            compared.stay_date = stays.stay_date
            and compared.as_of >= stays.first_as_of
    cross join mart_reading
    cross join lateral (
        select compared.as_of - mart_reading.first_load_day as days
    ) as age
    left join states as last_year
        on
            compared.stay_date = last_year.stay_date
            and compared.as_of = last_year.as_of
            and last_year.days_back = 364
)

insert into desired_rows (
    as_of, stay_date, booked_days, revenue, pickup_1_days, pickup_1_revenue,
    pickup_7_days, pickup_7_revenue, pickup_28_days, pickup_28_revenue,
    last_year_days, last_year_revenue
)
select
    known.as_of,
    known.stay_date,
    known.booked_days,
    known.revenue,
    known.booked_days - known.days_1 as pickup_1_days,
    trim_scale(known.revenue - known.revenue_1) as pickup_1_revenue,
    known.booked_days - known.days_7 as pickup_7_days,
    trim_scale(known.revenue - known.revenue_7) as pickup_7_revenue,
    known.booked_days - known.days_28 as pickup_28_days,
    trim_scale(known.revenue - known.revenue_28) as pickup_28_revenue,
    known.last_year_days,
    known.last_year_revenue
from known
where
    greatest(
        known.booked_days, known.days_1, known.days_7, known.days_28,
        known.last_year_days
    ) > 0;

create index on desired_rows (as_of, stay_date);
analyze desired_rows;

select count(*) as rows_computed
from desired_rows;
