-- What:  lands the leads of the day bench, those of day_baseline_tables.sql
-- Grain: a fifth of the leads has two copies, the others one; a payload has about 300 bytes
-- Reads: $1 leads, $2 cars, $3 clients are put in as numbers

insert into stg.stg_leads (
    id, pipeline_id, status_id, name, plate, license, budget, dailyrate, rental_start, rental_end,
    created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
)
select
    ids.id,
    10,
    case copies.copy when 0 then 1 else (array[1, 4, 6, 142, 143])[1 + ids.id % 5] end,
    'Rental ' || ids.id,
    'A ' || 1 + ids.id % $2,
    'L ' || 1 + ids.id % $3,
    100 + ids.id % 900,
    99.5,
    '2020-11-01Z'::timestamptz + (ids.id / $2) * interval '2 days',
    '2020-11-03Z'::timestamptz + (ids.id / $2) * interval '2 days',
    '2020-10-01Z'::timestamptz + (ids.id / $2) * interval '2 days',
    '2026-04-28Z'::timestamptz + copies.copy * interval '1 day',
    jsonb_build_object('id', ids.id, 'name', 'Rental ' || ids.id, 'rest', repeat('x', 250)),
    md5(ids.id || ' ' || copies.copy),
    '2026-04-28Z'::timestamptz + copies.copy * interval '1 day',
    '00000000-0000-4000-8000-000000000001',
    '2026-05-01'
from generate_series(1, $1::bigint) as ids (id)
cross join generate_series(0, 1) as copies (copy)
-- The order in which days land them: the first copies, then the second ones.
where copies.copy = 1 or ids.id % 5 = 0
order by copies.copy, ids.id;
