-- What:  notes that the events up to a time of the CRM are in STG
-- Grain: one row: where the cursor stands now
-- Reads: ops.watermark, $1 upper bound of the read that has landed, $2 1 when it showed any
--        event, $3 1 when it was one in full
--
-- An empty feed may be one that lags: the cursor waits. It never goes back.

with reads (name, cursor_at) as (
    select
        'amocrm.events' as name,
        $1::timestamptz as cursor_at
    where $2::integer = 1
    union all
    select
        'amocrm.events_full' as name,
        $1::timestamptz as cursor_at
    where $3::integer = 1
),

moved as (
    insert into ops.watermark (name, cursor_at)
    select
        reads.name,
        reads.cursor_at
    from reads
    on conflict (name) do update
        set
            cursor_at = greatest(watermark.cursor_at, excluded.cursor_at),
            changed_at = clock_timestamp()
    returning
        watermark.name,
        watermark.cursor_at
)

select
    (
        select moved.cursor_at::text
        from moved
        where moved.name = 'amocrm.events'
    ) as cursor_at;
