-- What:  the stage that the rules give each stage of the account
-- Grain: one row per (pipeline, status); stage null where no rule matches
-- Reads: dict.dict_stage_rule, $1 the text of a JSON array of key ("pipeline:status") and name

select
    asked_statuses.key,
    (
        select dict_stage_rule.stage
        from dict.dict_stage_rule
        where
            lower(asked_statuses.name) like lower(dict_stage_rule.name_pattern)
            and coalesce(
                dict_stage_rule.status_id,
                split_part(asked_statuses.key, ':', 2)::bigint
            ) = split_part(asked_statuses.key, ':', 2)::bigint
        order by dict_stage_rule.priority
        limit 1
    ) as stage
from jsonb_to_recordset($1::text::jsonb) as asked_statuses (key text, name text);
