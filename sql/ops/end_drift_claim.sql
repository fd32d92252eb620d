-- What:  gives the claim on changes of the account back, as told or to be told again
-- Grain: one row
-- Reads: ops.source_drift, $1 their ids as the text of a JSON array, $2 1 when people were
--        told

with ended_claims as (
    update ops.source_drift
    set
        telling_until = null,
        told_at = case when $2::integer = 1 then clock_timestamp() end
    where
        source_drift.drift_id in (
            select ids.value::bigint
            from jsonb_array_elements_text($1::text::jsonb) as ids (value)
        )
    returning 1
)

select count(*) as rows_written
from ended_claims;
