-- What:  finds who bore the plates and licences that rentals name
-- Grain: bearers: a plate or licence, as rentals write it, whose key a car or client ever bore;
--        found_members: empty
-- Reads: rentals (of rentals.sql), reading (of progress.sql), ods.ods_cars_hist,
--        ods.ods_clients_hist
--
-- A plate or licence has its key computed once, however many rentals name it. Whom a key means
-- depends on the moment only where several ever bore it, which are few.

-- On every other day what rentals are joined to is counted itself, and to look for keys one by one
-- needs no idea of how many there are. Of a first build the planner must see that none has a place,
-- or it hashes those that it takes for few, and the order that they are in is lost.
do $$
begin
    if not (select reading.is_as_before from reading) then
        analyze rentals (lead_id, plate, license, place_before);
    end if;
end
$$;

create temporary table bearers on commit drop as
with car_keys as materialized (
    select
        rentals.plate as text,
        ods.lookup_key(rentals.plate) as key
    from rentals
    where rentals.plate is not null
    group by rentals.plate
),

client_keys as materialized (
    select
        rentals.license as text,
        ods.lookup_key(rentals.license) as key
    from rentals
    where rentals.license is not null
    group by rentals.license
),

client_bearers as (
    -- Looked up one by one: a day's keys are not worth those of all clients; all of them are.
    select
        client_keys.text,
        client_keys.key,
        bearer.id
    from client_keys
    cross join lateral (
        select ods_clients_hist.id
        from ods.ods_clients_hist
        where ods.lookup_key(ods_clients_hist.license) = client_keys.key
        offset 0
    ) as bearer
    where (select reading.is_as_before from reading)
    union all
    select
        client_keys.text,
        client_keys.key,
        bearer.id
    from client_keys
    inner join (
        select
            ods_clients_hist.id,
            ods.lookup_key(ods_clients_hist.license) as key
        from ods.ods_clients_hist
        offset 0
    ) as bearer on client_keys.key = bearer.key
    where not (select reading.is_as_before from reading)
)

select
    'car' as kind,
    car_keys.text,
    car_keys.key,
    min(ods_cars_hist.id) as id,
    min(ods_cars_hist.id) <> max(ods_cars_hist.id) as is_disputed
from car_keys
inner join ods.ods_cars_hist
    on car_keys.key = ods.lookup_key(ods_cars_hist.plate)
group by car_keys.text, car_keys.key
union all
select
    'client' as kind,
    client_bearers.text,
    client_bearers.key,
    min(client_bearers.id) as id,
    min(client_bearers.id) <> max(client_bearers.id) as is_disputed
from client_bearers
group by client_bearers.text, client_bearers.key;

analyze bearers (kind, text, is_disputed);

-- Filled by links.sql, which is passed over where none is disputed.
create temporary table found_members (
    lead_id bigint,
    kind varchar(63),
    member_id bigint
) on commit drop;

select count(*) filter (where bearers.is_disputed) as keys_of_several
from bearers;
