-- What:  shows times in a time zone, and takes the role that only looks, for this transaction
-- Grain: one row; the role is null where it is not there or not for this user
-- Reads: pg_roles
-- A read-only transaction alone still lets a superuser end sessions and read the server's files.
select
    set_config('TimeZone', $1, true) as time_zone,
    (
        select set_config('role', role.rolname, true)
        from pg_roles as role
        where
            role.rolname = 'rental_look'
            and pg_has_role(
                current_user,
                role.oid,
                -- From 16 on a member may be one that can grant a role but not take it.
                case
                    when current_setting('server_version_num')::integer >= 160000 then 'set'
                    else 'member'
                end
            )
    ) as role;
