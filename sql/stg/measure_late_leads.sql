-- What:  what a load of leads has landed that the read before it should have shown
-- Grain: one row
-- Reads: stg.stg_leads, $1 the last landed_seq before the load, $2 the upper bound of the
--        read before it, $3 the overlap in seconds
--
-- late_rows: within the overlap, so the overlap has caught them. missed: changed before
-- even that, so no read of changes could have shown them any more: the filter of
-- updated_at does not show a time written back, a link, or what came into sight later
-- than the overlap reaches back. A change in the very second of the upper bound may have
-- come after the answer, and is neither.

with landed_states as (
    select
        stg_leads.id,
        $2::timestamptz - stg_leads.updated_at as lateness
    from stg.stg_leads
    where
        stg_leads.landed_seq > $1::bigint
        and not stg_leads.is_deleted
        and stg_leads.updated_at < $2::timestamptz
),

judged_states as (
    select
        landed_states.id,
        extract(epoch from landed_states.lateness) as lateness_s,
        landed_states.lateness
        > make_interval(secs => $3::float8) as is_missed
    from landed_states
)

select
    count(*) filter (where not judged_states.is_missed) as late_rows,
    coalesce(
        max(judged_states.lateness_s) filter (where not judged_states.is_missed), 0
    )::integer as max_lateness_s,
    count(*) filter (where judged_states.is_missed) as missed,
    (
        select string_agg(first_ids.id::text, ', ' order by first_ids.id)
        from
            (
                select distinct missed_states.id
                from judged_states as missed_states
                where missed_states.is_missed
                order by missed_states.id
                limit 20
            ) as first_ids
    ) as missed_ids
from judged_states;
