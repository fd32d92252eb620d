-- What:  what the site asks of the run log and the checks, for readers who see dict, dds and dm alone; and the roles
--        that its pages read as, for the login role where it may have them

create index check_result_by_time on ops.check_result (checked_at);

create view dm.failed_check as
select
    newest.check_name,
    newest.table_name,
    newest.severity,
    newest.offenders,
    newest.checked_at
from (
    select distinct on (check_result.check_name, check_result.table_name)
        check_result.check_name,
        check_result.table_name,
        check_result.severity,
        check_result.offenders,
        check_result.checked_at
    from ops.check_result
    where
        check_result.checked_at > (
            select max(latest.checked_at) - interval '31 days'
            from ops.check_result as latest
        )
    order by
        check_result.check_name,
        check_result.table_name,
        check_result.checked_at desc
) as newest
where newest.offenders > 0;

comment on view dm.failed_check is 'One row per check and table whose newest result, of the last 31 days of checks, has offenders. Not a figure';
comment on column dm.failed_check.check_name is 'The check, a file of sql/checks';
comment on column dm.failed_check.table_name is 'The table that it looked at';
comment on column dm.failed_check.severity is 'error or warn';
comment on column dm.failed_check.offenders is 'Rows that break the rule';
comment on column dm.failed_check.checked_at is 'When that was found';

create view dm.task_freshness as
with recent_tasks as (
    select
        run_log.dag_id,
        run_log.task_id,
        max(run_log.logical_date) as newest_date,
        max(run_log.logical_date) filter (
            where run_log.status = 'success'
        ) as newest_success_date,
        max(run_log.finished_at) filter (
            where run_log.status = 'success' and run_log.reason is distinct from 'marked'
        ) as succeeded_at
    from ops.run_log
    where
        run_log.logical_date > (
            select max(latest.logical_date) - 31
            from ops.run_log as latest
        )
    group by run_log.dag_id, run_log.task_id
)

select
    recent_tasks.dag_id,
    recent_tasks.task_id,
    newest.status,
    newest.is_stale,
    recent_tasks.newest_date,
    recent_tasks.newest_success_date,
    recent_tasks.succeeded_at
from recent_tasks
cross join lateral (
    select
        task_state.status,
        task_state.is_stale
    from ops.task_state
    where
        task_state.dag_id = recent_tasks.dag_id
        and task_state.task_id = recent_tasks.task_id
        and task_state.logical_date = recent_tasks.newest_date
) as newest;

comment on view dm.task_freshness is 'One row per task that was tried for one of the last 31 logical dates: how far it has come. Not a figure';
comment on column dm.task_freshness.dag_id is 'The DAG, as its script is named';
comment on column dm.task_freshness.task_id is 'The task of the DAG';
comment on column dm.task_freshness.status is 'Of its newest date, as in ops.task_state, like is_stale';
comment on column dm.task_freshness.is_stale is 'Whether something that it waited for has succeeded again since';
comment on column dm.task_freshness.newest_date is 'The newest logical date that it was tried for';
comment on column dm.task_freshness.newest_success_date is 'The newest logical date that it has succeeded for; null for none of the 31';
comment on column dm.task_freshness.succeeded_at is 'When it last succeeded, for whatever date; marks do not count';

-- The site reads as these roles, which the login role must be able to take.
create function ops.take_roles() returns boolean
language plpgsql
as $$
declare
    role_name text;
    has_taken boolean := true;
begin
    foreach role_name in array array['rental_bi', 'rental_look']
    loop
        begin
            if
                exists (select from pg_roles where rolname = role_name)
                and not pg_has_role(
                    current_user,
                    role_name,
                    -- From 16 on a member may be one that can grant a role but not take it.
                    case
                        when current_setting('server_version_num')::integer >= 160000 then 'set'
                        else 'member'
                    end
                )
            then
                execute format('grant %I to %I', role_name, current_user);
            end if;
        exception
            when insufficient_privilege or invalid_grant_operation then
                has_taken := false; -- the site says which grant is missing
        end;
    end loop;
    return has_taken;
end;
$$;

comment on function ops.take_roles() is 'Grants rental_bi and rental_look to the login role where it may, so that the site can read as them; false where it may not';
