-- What:  how far the leads of STG go: what was read of the CRM, and with which settings
-- Grain: one row
-- Reads: ops.watermark

select
    max(watermark.cursor_at)
        filter (where watermark.name = 'amocrm.leads') as cursor_at,
    max(watermark.cursor_day)
        filter (where watermark.name = 'amocrm.leads_full')::text as last_full_day,
    max(watermark.settings)
        filter (where watermark.name = 'amocrm.leads') as settings
from ops.watermark;
