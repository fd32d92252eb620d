-- What:  finds the leads that simply go on, and the change of status that the new row of one shows
-- Grain: next_sights: a lead of which one row landed that is later than all others and says of
--        itself that it changed after the one before was seen, and of which no row tells a
--        deletion, no status, no moment of creation or another one, and no event anything
-- Reads: stg.stg_leads, dds.fact_lead_status_change, changed_leads, known_events and reading
--        (of evidence.sql)
--
-- What follows from all rows of such a lead is stored but for the end: no row opens after it was
-- seen, so the new one opens after all others, and can change none of what follows from them.
-- Most rows of a day are such ones. The other leads are derived anew, whole.

create temporary table next_sights on commit drop as
with news as (
    select
        stg_leads.id as lead_id,
        stg_leads.landed_seq,
        stg_leads.pipeline_id as to_pipeline_id,
        stg_leads.status_id as to_status_id,
        stg_leads.created_at,
        stg_leads.observed_at,
        least(stg_leads.observed_at, stg_leads.updated_at) as opens_at,
        reading.read_from
    from reading
    inner join stg.stg_leads
        on
            stg_leads.landed_seq > reading.read_from
            and stg_leads.landed_seq <= reading.read_to
    where
        -- A first build knows nothing of any, and reads none.
        (select reading.read_from > 0 from reading)
        and not stg_leads.is_deleted
        and stg_leads.pipeline_id is not null
        and stg_leads.status_id is not null
        and not exists (
            select
            from known_events
            where known_events.lead_id = stg_leads.id
        )
    -- Looked up in their order, neighbours are in pages already read.
    order by stg_leads.id
    offset 0
),

lives as (
    -- Each new row beside all others of its lead, looked up one by one: put together first and
    -- then grouped, they took a third longer.
    select
        news.*,
        others.*
    from news
    cross join lateral (
        select
            min(stg_leads.pipeline_id) as known_pipeline_id,
            min(stg_leads.status_id) as known_status_id,
            max(stg_leads.observed_at) as known_before_at,
            min(stg_leads.pipeline_id) <> max(stg_leads.pipeline_id)
            or min(stg_leads.status_id) <> max(stg_leads.status_id) as had_changed,
            bool_and(
                (
                    -- No other is new, or has landed since.
                    stg_leads.landed_seq <= news.read_from
                    and not stg_leads.is_deleted
                    and stg_leads.pipeline_id is not null
                    and stg_leads.status_id is not null
                    -- That of the first row is that of any, and their order need not be known.
                    and stg_leads.created_at = news.created_at
                ) is true
            ) as are_plain
        from stg.stg_leads
        where
            stg_leads.id = news.lead_id
            and stg_leads.landed_seq <> news.landed_seq
    ) as others
    where
        others.are_plain
        -- So the new row is the last in their order, and its opening too.
        and news.opens_at > others.known_before_at
),

known as (
    select
        lives.*,
        -- Where several are known, that of the last row before.
        case
            when lives.had_changed
                then (
                    select array[stg_leads.pipeline_id, stg_leads.status_id]
                    from stg.stg_leads
                    where
                        stg_leads.id = lives.lead_id
                        and stg_leads.landed_seq <= lives.read_from
                    order by
                        stg_leads.observed_at desc, stg_leads.updated_at desc,
                        stg_leads.row_hash collate "C" desc
                    limit 1
                )
        end as last_status
    from lives
    -- Or what is selected here would be computed anew wherever it is named.
    offset 0
)

select
    known.lead_id,
    sight.from_pipeline_id,
    sight.from_status_id,
    known.to_pipeline_id,
    known.to_status_id,
    known.known_before_at,
    known.observed_at,
    known.opens_at,
    change.is_change,
    -- The visit that ends began with the last change, else with the lead.
    case
        when change.is_change and known.had_changed
            then (
                select max(fact_lead_status_change.change_ts)
                from dds.fact_lead_status_change
                where fact_lead_status_change.lead_id = known.lead_id
            )
        when change.is_change then known.created_at
    end as entered_at
from known
cross join lateral (
    select
        coalesce(known.last_status[1], known.known_pipeline_id) as from_pipeline_id,
        coalesce(known.last_status[2], known.known_status_id) as from_status_id
) as sight
cross join lateral (
    select
        (sight.from_pipeline_id, sight.from_status_id)
        <> (known.to_pipeline_id, known.to_status_id) as is_change
) as change;

select
    count(*) as leads_going_on,
    (select count(*) from changed_leads) - count(*) as leads_derived
from next_sights;
