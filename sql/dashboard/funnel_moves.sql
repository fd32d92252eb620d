-- What:  how many moves there were into each stage, week by week
-- Grain: one row per week and stage, in the order of the stages
-- Reads: dm.stage_moves_week, dm.build; $1 first and $2 last Monday
select
    stage_moves_week.week_start::text as week_start,
    stage_moves_week.stage,
    stage_moves_week.moves::integer as moves,
    stage_moves_week.unique_leads::integer as unique_leads,
    stage_moves_week.week_start + 6 <= build.last_finished_day as is_complete
from dm.stage_moves_week
cross join dm.build
where stage_moves_week.week_start between $1::date and $2::date
order by stage_moves_week.week_start, stage_moves_week.stage::dm.stage
