-- What:  two statements, of which the last measures
create temporary table fleet on commit drop as
select generate_series(1, 3) as car_id;

select
    count(*) as rows_read,
    sum(fleet.car_id) as sum_of_ids,
    1.5::numeric as share,
    null::bigint as nothing,
    current_setting('rental.plate') as plate,
    '2026-05-03'::date as day,
    '2026-05-03 00:00:00+04'::timestamptz as newest,
    true as is_full,
    '{"a": [1]}'::jsonb as sample
from fleet;
