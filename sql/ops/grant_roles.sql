-- What:  gives the roles of the warehouse their rights, and makes missing ones where it may
-- Grain: one row: the roles that are missing, or null
-- Reads: pg_roles
select ops.grant_roles() as missing_roles;
