-- What:  makes this transaction that of a page: the role that reads, at most so long a statement
-- Grain: one row; taken_role is null where the role is not there or not for this user
-- Reads: pg_roles
-- From 16 on a member may be one that can grant a role but not take it.
select
    session_user::text as login,
    set_config('statement_timeout', $2, true) as statement_timeout,
    -- To compile what a page asks takes longer than to run it.
    set_config('jit', 'off', true) as jit,
    -- To start workers takes longer than most of what they would share.
    set_config('max_parallel_workers_per_gather', '0', true) as parallel_workers,
    exists (select from pg_roles where pg_roles.rolname = $1) as has_role,
    clock_timestamp() as now,
    to_regnamespace('made_by_demo') is not null as is_demo,
    (
        select set_config('role', role.rolname, true)
        from pg_roles as role
        where
            role.rolname = $1
            and pg_has_role(
                current_user,
                role.oid,
                case
                    when current_setting('server_version_num')::integer >= 160000 then 'set'
                    else 'member'
                end
            )
    ) as taken_role;
