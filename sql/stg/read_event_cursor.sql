-- What:  how far the events of STG go, and whether all leads were read since the events in full
-- Grain: one row; times in unix seconds
-- Reads: ops.watermark

select
    extract(
        epoch from max(watermark.cursor_at) filter (where watermark.name = 'amocrm.events')
    )::float8 as cursor_s,
    coalesce(
        max(watermark.cursor_at) filter (where watermark.name = 'amocrm.leads_full')
        > coalesce(
            max(watermark.cursor_at) filter (where watermark.name = 'amocrm.events_full'),
            '-infinity'
        ),
        false
    ) as is_full_due,
    coalesce(
        bool_or(watermark.cursor_at is not null)
            filter (where watermark.name = 'amocrm.leads_full'),
        false
    ) as has_all_leads
from ops.watermark;
