-- What:  less upkeep for every version of a lead: keys compared byte by byte, an index that nobody reads is gone,
--        and a first build indexes its rows once they are all there
-- Data:  two indexes of ods.ods_leads_hist are built anew

-- The same keys as before: of ASCII alone upper() in the locale "C" folds what the long list does, in a third of
-- the time.
create or replace function ods.lookup_key(value text)
returns text
language sql
immutable
parallel safe
return nullif(
    case
        -- ASCII alone, in a database that is UTF8: the same, sooner.
        when octet_length(value) = char_length(value)
            then translate(
                upper(value collate "C"), U&'\0009\000A\000B\000C\000D -', ''
            )
        -- What has no partner in the third text is left out.
        else translate(
            normalize(value, NFKC),
            'abcdefghijklmnopqrstuvwxyz'
            || 'АВЕКМНОРСТУХавекмнорстух'
            || 'бгджзийлпфцчшщъыьэюя'
            || 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ'
            || 'ѐёђѓєѕіїјљњћќѝўџ'
            || 'ѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁ'
            || 'ҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿ'
            || 'ӂӄӆӈӊӌӎӏ'
            || 'ӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯ'
            || U&'\0009\000A\000B\000C\000D -'
            || U&'\0085\00AD\034F\058A\05BE\061C\1400\1680\1806\180E\200B\200C\200D'
            || U&'\200E\200F\2010\2012\2013\2014\2015\2028\2029\202A\202B\202C\202D'
            || U&'\202E\2043\2060\2061\2062\2063\2064\2065\2066\2067\2068\2069\206A'
            || U&'\206B\206C\206D\206E\206F\2212\2E17\2E1A\2E3A\2E3B\2E40\2E5D\301C'
            || U&'\3030\30A0\FE00\FE01\FE02\FE03\FE04\FE05\FE06\FE07\FE08\FE09\FE0A'
            || U&'\FE0B\FE0C\FE0D\FE0E\FE0F\FEFF\+010D6E\+010EAD',
            'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            || 'ABEKMHOPCTYXABEKMHOPCTYX'
            || 'БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ'
            || 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸ'
            || 'ЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏ'
            || 'ѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀ'
            || 'ҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾ'
            || 'ӁӃӅӇӉӋӍӀ'
            || 'ӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮ'
        )
    end,
    ''
);

-- Takes the indexes of an empty history away, so that a first build puts its rows in without them; none of them where
-- a reader has the table open, since nobody waits for speed. For the roles that write: they own no tables.
create function ods.drop_indexes_of_leads()
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not has_table_privilege(session_user, 'ods.ods_leads_hist', 'insert') then
        raise exception 'Cannot drop the indexes of ods.ods_leads_hist: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    begin
        lock table ods.ods_leads_hist in access exclusive mode nowait;
    exception
        when lock_not_available then
            return false;
    end;
    if exists (select from ods.ods_leads_hist) then
        return false;
    end if;
    drop index if exists
        ods.ods_leads_hist_one_current,
        ods.ods_leads_hist_by_plate,
        ods.ods_leads_hist_by_license,
        ods.ods_leads_hist_by_car_element,
        ods.ods_leads_hist_by_client_element,
        ods.ods_leads_hist_past_by_span,
        ods.ods_leads_hist_current_by_opening;
    return true;
end;
$$;

comment on function ods.drop_indexes_of_leads() is 'Drops the indexes of ods.ods_leads_hist but its key, where it is empty and nobody has it open, and says whether it did; ods.create_indexes_of_leads() must follow in the same transaction';

create function ods.create_indexes_of_leads()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set maintenance_work_mem = '128MB'
set client_min_messages = warning
as $$
begin
    if not has_table_privilege(session_user, 'ods.ods_leads_hist', 'insert') then
        raise exception 'Cannot create the indexes of ods.ods_leads_hist: this login may not write the table'
            using errcode = 'insufficient_privilege';
    end if;
    create unique index if not exists ods_leads_hist_one_current
    on ods.ods_leads_hist (id)
    where is_current;

    -- "C": the locale of the database takes longer to compare, by the rules of a language, what is equal or is not.
    create index if not exists ods_leads_hist_by_plate
    on ods.ods_leads_hist ((ods.lookup_key(plate)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_license
    on ods.ods_leads_hist ((ods.lookup_key(license)) collate "C")
    where is_current;

    create index if not exists ods_leads_hist_by_car_element
    on ods.ods_leads_hist (car_element_id)
    where is_current and car_element_id is not null;

    create index if not exists ods_leads_hist_by_client_element
    on ods.ods_leads_hist (client_element_id)
    where is_current and client_element_id is not null;

    create index if not exists ods_leads_hist_past_by_span
    on ods.ods_leads_hist (dds.span_class(valid_from, valid_to), valid_from)
    where not is_current;

    create index if not exists ods_leads_hist_current_by_opening
    on ods.ods_leads_hist (valid_from, rental_start, id)
    where is_current;
end;
$$;

comment on function ods.create_indexes_of_leads() is 'Creates the indexes of ods.ods_leads_hist that are missing, all but its key';

drop index ods.ods_leads_hist_by_plate;
drop index ods.ods_leads_hist_by_license;

-- The marts of earlier days find their leads by opening and by span.
drop index ods.ods_leads_hist_by_rental_start;

select ods.create_indexes_of_leads();
