-- What:  days between two dates of a booking where a clock is put forward at midnight, and what an unattributed
--        booking lacked at the end of a day
-- Data:  the next run computes the changes of rentals and the unattributed bookings anew: the ones by the hours
--        above, the others because a horizon that was lowered left some out

create or replace function dm.wall_clock_days(
    earlier timestamptz, later timestamptz, business_tz text
)
returns numeric
language sql
immutable
parallel safe
return trim_scale(
    extract(
        epoch
        from dds.wall_clock(later, business_tz) - dds.wall_clock(earlier, business_tz)
    ) / 86400
);

update ops.watermark
set
    settings = null,
    changed_at = clock_timestamp()
where watermark.name in ('dm.rental_changes/leads', 'dm.unattributed_booking/leads');

create function dm.unattributed_leads_as_of(as_of date, from_day date, to_day date)
returns table (
    lead_id bigint, car_id bigint, usage_date date, revenue numeric, is_beyond_horizon boolean,
    stage text, lacks_amount boolean, lacks_dates boolean
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
    select
        lacking.lead_id,
        lacking.car_id,
        lacking.usage_date,
        lacking.revenue,
        lacking.is_beyond_horizon,
        coalesce(
            dict_status_leads.stage, dict.unknown_status_stage(hist.status_id)
        ),
        case
            when hist.budget > 0 then hist.budget
            else
                hist.dailyrate * dds.rental_days(
                    hist.rental_start, hist.rental_end, build.business_tz,
                    build.grace_minutes
                )
        end is null,
        (hist.rental_end >= hist.rental_start) is not true
    from dm.build
    cross join dds.unattributed_at(dm.end_of_day(as_of), from_day, to_day) as lacking
    inner join ods.ods_leads_hist as hist
        on
            lacking.lead_id = hist.id
            and hist.valid_from <= dm.end_of_day(as_of)
            and (hist.valid_to > dm.end_of_day(as_of) or hist.valid_to is null)
    left join dict.dict_status_leads
        on
            hist.pipeline_id = dict_status_leads.pipeline_id
            and hist.status_id = dict_status_leads.status_id
$$;

comment on function dm.unattributed_leads_as_of(date, date, date) is 'Rows of dm.unattributed_booking of a period with what each of them lacked, as they were at the end of a day: as_of, first day, last day';

select ops.grant_roles();
