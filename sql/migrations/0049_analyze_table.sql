-- What:  lets the roles that write tell the planner what a table holds, before their transaction ends
-- Data:  nothing is computed anew

-- They own no tables, and only an owner may have a table analysed.
create function ops.analyze_table(wanted regclass)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not has_table_privilege(session_user, wanted, 'insert') then
        raise exception 'Cannot analyze %: this login may not write the table', wanted
            using errcode = 'insufficient_privilege';
    end if;
    execute format('analyze %s', wanted);
end;
$$;

comment on function ops.analyze_table(regclass) is 'Tells the planner what a table holds by now, the rows of this transaction too, and keeps a vacuum from telling otherwise before that ends';
