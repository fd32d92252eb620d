-- What:  lets checks name the clients that changed, also where the task had none
-- Grain: one row
-- Reads: nothing

create temporary table if not exists changed_clients (
    id bigint not null
) on commit drop;

select exists (select from changed_clients)::integer as clients;
