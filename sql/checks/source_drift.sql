-- What:  warn: changes of the account's fields and stages that somebody has to act on
-- Grain: one row per change, named after the field or stage
-- Reads: ops.source_drift, rental.rows_read (of a load in hand; empty: by hand)
-- Scope: everything
-- After: load_leads: ops.source_drift
--
-- Why: a field that was renamed or is gone leaves its column empty, and a stage that no
-- rule classes makes no booking. The load that first meets a change tells it, in its log
-- and as warning_drift; here it stands until it is acted on, for those who ask by hand.

select
    source_drift.key as id,
    source_drift.kind || ' of ' || source_drift.source || ' ' || source_drift.change
    || coalesce(', was ' || source_drift.was, '')
    || coalesce(', is now ' || source_drift.became, '')
    || ': ' || source_drift.advice as detail
from ops.source_drift
where
    source_drift.settled_at is null
    and current_setting('rental.rows_read') = '';
