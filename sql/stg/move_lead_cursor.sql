-- What:  notes that all changes of leads up to a time of the CRM are in STG
-- Grain: one row: where the cursor stands now
-- Reads: ops.watermark, $1 upper bound of the read that has landed, $2 the settings it was
--        made with, $3 its logical date when it read all leads, else null
--
-- A cursor never goes back: a read that was overtaken by a newer one moves nothing.

with reads (name, cursor_at, settings, cursor_day) as (
    values ('amocrm.leads', $1::timestamptz, $2::text, null::date)
    union all
    select
        'amocrm.leads_full' as name,
        $1::timestamptz as cursor_at,
        null as settings,
        $3::date as cursor_day
    where $3::date is not null
),

moved as (
    insert into ops.watermark (name, cursor_at, settings, cursor_day)
    select
        reads.name,
        reads.cursor_at,
        reads.settings,
        reads.cursor_day
    from reads
    on conflict (name) do update
        set
            cursor_at = greatest(watermark.cursor_at, excluded.cursor_at),
            settings = case
                when watermark.cursor_at > excluded.cursor_at then watermark.settings
                else excluded.settings
            end,
            cursor_day = greatest(watermark.cursor_day, excluded.cursor_day),
            changed_at = clock_timestamp()
    returning
        watermark.name,
        watermark.cursor_at
)

select moved.cursor_at::text as cursor_at
from moved
where moved.name = 'amocrm.leads';
