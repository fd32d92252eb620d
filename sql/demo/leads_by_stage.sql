-- What:  how many leads stand in each stage of the rental pipeline, and what they are worth
-- Grain: one row per status of a lead of fact_rentals
-- Reads: dds.fact_rentals, dds.dim_status

select
    fact_rentals.status_id,
    min(fact_rentals.status_name) as status_name,
    count(*) as leads,
    coalesce(sum(fact_rentals.budget), 0)::float8 as budget
from dds.fact_rentals
left join dds.dim_status
    on
        fact_rentals.pipeline_id = dim_status.pipeline_id
        and fact_rentals.status_id = dim_status.status_id
group by fact_rentals.status_id, dim_status.status_sort
order by dim_status.status_sort, fact_rentals.status_id;
