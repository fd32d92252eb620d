-- What:  gives the roles of the warehouse their rights, makes missing ones where it may, and
--        gives the login those that the site reads as
-- Grain: one row: the roles that are missing, or null
-- Reads: pg_roles
select
    ops.grant_roles() as missing_roles,
    ops.take_roles() as has_taken;
