-- What:  two roles: rental_etl writes every layer, rental_bi reads dds, dm and dict only
-- Roles belong to the whole server and need CREATEROLE: where that right is missing they are left to
-- the server's administrator, and the grants are made only to roles that exist.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['rental_etl', 'rental_bi'] loop
        begin
            execute format('create role %I nologin', role_name);
        exception
            when duplicate_object or unique_violation then
                null; -- another database of this server has made it
            when insufficient_privilege then
                raise notice 'Role % was not created: the right CREATEROLE is missing', role_name;
        end;
    end loop;

    if exists (select from pg_roles where rolname = 'rental_etl') then
        grant usage on schema stg, ods, dict, dds, dm, ops to rental_etl;
        grant select, insert, update, delete on all tables in schema stg, ods, dict, dds, dm, ops to rental_etl;
        grant usage, select on all sequences in schema stg, ods, dict, dds, dm, ops to rental_etl;
        alter default privileges in schema stg, ods, dict, dds, dm, ops
            grant select, insert, update, delete on tables to rental_etl;
        alter default privileges in schema stg, ods, dict, dds, dm, ops
            grant usage, select on sequences to rental_etl;
    end if;

    if exists (select from pg_roles where rolname = 'rental_bi') then
        grant usage on schema dict, dds, dm to rental_bi;
        grant select on all tables in schema dict, dds, dm to rental_bi;
        alter default privileges in schema dict, dds, dm grant select on tables to rental_bi;
    end if;
end;
$$;
