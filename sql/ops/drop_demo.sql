-- What:  drops the warehouse that the demo made, if it did
-- Grain: every schema of the warehouse
-- Reads: the catalog of schemas

do $$
begin
    if to_regnamespace('made_by_demo') is null then
        raise exception using message = 'Cannot drop the warehouse: the demo did not make it, '
            || 'expected the schema made_by_demo';
    end if;
    drop schema if exists stg, ods, dict, dds, dm, ops, made_by_demo cascade;
end;
$$;
