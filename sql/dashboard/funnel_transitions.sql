-- What:  how often leads moved from one stage to another, how long they had been in the first,
--        and how many are there now
-- Grain: one row per pair of stages; one per stage with leads in it (to_stage null)
-- Reads: dm.stage_transition
select
    stage_transition.from_stage,
    stage_transition.to_stage,
    stage_transition.moves::integer as moves,
    stage_transition.median_dwell_seconds::text as median_dwell_seconds,
    stage_transition.p90_dwell_seconds::text as p90_dwell_seconds,
    stage_transition.open_visits::integer as open_visits,
    stage_transition.share_exact::text as share_exact
from dm.stage_transition
order by
    stage_transition.from_stage::dm.stage,
    stage_transition.to_stage::dm.stage nulls last
