-- What:  writes the first status of each lead that is new, different or no longer known
-- Grain: dds.lead_first_status: a lead; first_statuses: a lead that does not simply go on, and what
--        was stored of it; changed_first_statuses: what is stored of one now, for the checks
-- Reads: steps (of visits.sql), seen_rows (of sights.sql), next_sights (of next_sights.sql),
--        changed_leads and reading (of evidence.sql), dds.lead_first_status,
--        ods.ods_leads_hist (in a first build)
-- If:    leads_derived (of next_sights.sql)
--
-- Of a lead that simply goes on the first status stays.

-- Of a first build all indexes, the keys too, are made once all rows are there.
select
    ops.drop_indexes_of('dds.lead_first_status') as are_statuses_bare,
    ops.drop_indexes_of('dds.fact_lead_status_change') as are_changes_bare
from reading
where reading.is_first;

-- Compared before any is written: a statement that joins to the table it fills would look for
-- each row among those that it puts in.
create temporary table first_statuses on commit drop as
with found as (
    (
        select distinct on (steps.lead_id)
            steps.lead_id,
            coalesce(steps.from_pipeline_id, steps.to_pipeline_id) as pipeline_id,
            coalesce(steps.from_status_id, steps.to_status_id) as status_id
        from steps
        order by steps.lead_id, steps.place
    )
    union all
    select
        seen_rows.lead_id,
        seen_rows.pipeline_id,
        seen_rows.status_id
    from seen_rows
    where seen_rows.is_plain and seen_rows.place = 1
)

select
    found.*,
    stored.lead_id is not null as is_stored,
    row(stored.pipeline_id, stored.status_id)
    is distinct from row(found.pipeline_id, found.status_id) as is_different
from found
left join (
    -- A first build has none of them.
    select lead_first_status.*
    from dds.lead_first_status
    where not (select reading.is_first from reading)
) as stored on found.lead_id = stored.lead_id;

analyze first_statuses;

delete from dds.lead_first_status
using changed_leads
where
    lead_first_status.lead_id = changed_leads.id
    and not (select reading.is_first from reading)
    and not exists (
        select
        from first_statuses
        where first_statuses.lead_id = changed_leads.id
    )
    and not exists (select from next_sights where next_sights.lead_id = changed_leads.id);

update dds.lead_first_status
set
    pipeline_id = first_statuses.pipeline_id,
    status_id = first_statuses.status_id,
    load_date = current_setting('rental.logical_date')::date
from first_statuses
where
    lead_first_status.lead_id = first_statuses.lead_id
    and first_statuses.is_stored
    and first_statuses.is_different;

insert into dds.lead_first_status (lead_id, pipeline_id, status_id, load_date)
select
    first_statuses.lead_id,
    first_statuses.pipeline_id,
    first_statuses.status_id,
    current_setting('rental.logical_date')::date as load_date
from first_statuses
where not first_statuses.is_stored
union all
-- In a first build most leads are plain and show one status, also in their open version.
select
    present_leads.id as lead_id,
    present_leads.pipeline_id,
    present_leads.status_id,
    (select current_setting('rental.logical_date')::date) as load_date
from (
    select
        ods_leads_hist.id,
        ods_leads_hist.pipeline_id,
        ods_leads_hist.status_id
    from ods.ods_leads_hist
    where
        (select reading.is_first from reading)
        and ods_leads_hist.is_current
        and ods_leads_hist.pipeline_id is not null
        and ods_leads_hist.status_id is not null
    -- As they lie: to walk a million along an index took a tenth of the task longer.
    offset 0
) as present_leads
where
    not exists (
        select
        from seen_rows
        where seen_rows.lead_id = present_leads.id
    );

-- Of a first build that is all there is, which no other day's plan shall know of.
do $$
begin
    if (select reading.is_first from reading) then
        create temporary view changed_first_statuses as
        select lead_first_status.*
        from dds.lead_first_status
        -- So that the view goes when the transaction ends, as that table does.
        where exists (select from reading);
    else
        create temporary view changed_first_statuses as
        select lead_first_status.*
        from first_statuses
        inner join dds.lead_first_status on first_statuses.lead_id = lead_first_status.lead_id;
    end if;
end
$$;

select count(*) filter (where first_statuses.is_stored and first_statuses.is_different)
    as first_statuses_changed
from first_statuses;
