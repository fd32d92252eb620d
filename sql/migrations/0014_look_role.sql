-- What:  a third role, rental_look, that reads everything for the site's own pages; and one function for the
--        rights of all three, so that roles which an administrator makes later get theirs too

create function ops.grant_roles() returns text
language plpgsql
as $$
declare
    role_name text;
    writes constant text := 'select, insert, update, delete';
    everything constant text := 'stg, ods, dict, dds, dm, ops';
    rights constant jsonb := jsonb_build_object(
        'rental_etl', jsonb_build_array(everything, writes),
        'rental_bi', jsonb_build_array('dict, dds, dm', 'select'),
        'rental_look', jsonb_build_array(everything, 'select')
    );
    schemas text;
    on_tables text;
begin
    for role_name, schemas, on_tables in
        select one.key, one.value ->> 0, one.value ->> 1
        from jsonb_each(rights) as one
    loop
        begin
            if not exists (select from pg_roles where rolname = role_name) then
                execute format('create role %I nologin', role_name);
            end if;
        exception
            when duplicate_object or unique_violation then
                null; -- another database of this server has made it meanwhile
            when insufficient_privilege then
                continue; -- the caller is told which roles are missing
        end;
        begin
            execute format('grant usage on schema %s to %I', schemas, role_name);
            execute format('grant %s on all tables in schema %s to %I', on_tables, schemas, role_name);
            execute format(
                'alter default privileges in schema %s grant %s on tables to %I',
                schemas, on_tables, role_name
            );
            if on_tables = writes then
                execute format(
                    'grant usage, select on all sequences in schema %s to %I', schemas, role_name
                );
                execute format(
                    'alter default privileges in schema %s grant usage, select on sequences to %I',
                    schemas, role_name
                );
            end if;
        exception
            when insufficient_privilege then
                null; -- only the owner of the warehouse gives rights to it
        end;
    end loop;
    return (
        select string_agg(wanted.name, ', ' order by wanted.name)
        from jsonb_object_keys(rights) as wanted (name)
        where not exists (select from pg_roles where pg_roles.rolname = wanted.name)
    );
end;
$$;

comment on function ops.grant_roles() is
'Makes the roles rental_etl (writes), rental_bi (reads dict, dds, dm) and rental_look (reads everything) where it may, gives them their rights, and returns those that are missing; null when none is';

select ops.grant_roles();
