-- What:  plates and licences compared by one key on every server, whole days on the wall clock, budgets with their fraction
-- Data:  budgets are read again from the payload; the history and the facts that follow from them, from the
--        key or from the days are computed anew by the next run

-- The old key folded by the locale of the database: with "C", Cyrillic letters kept their case.
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
                value,
                'abcdefghijklmnopqrstuvwxyz' || U&'\0009\000A\000B\000C\000D -',
                'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
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

comment on function ods.lookup_key(text) is 'A plate or licence as look-ups compare it: NFKC; upper case (a-z, Latin-1, Cyrillic) whatever the locale; without blanks, zero-width characters and dashes; the twelve Cyrillic letters of number plates as Latin ones; null when nothing is left';

reindex index ods.ods_leads_hist_by_plate;
reindex index ods.ods_leads_hist_by_license;
reindex index ods.ods_clients_hist_by_license;
reindex index ods.ods_cars_hist_by_plate;

create function dds.wall_clock(moment timestamptz, time_zone text)
returns timestamp
language sql
immutable
parallel safe
return case
    -- Where a clock is put forward at midnight, a day begins at one and is a day all the same.
    when
        date_trunc('day', moment at time zone time_zone)
        at time zone time_zone = moment
        then date_trunc('day', moment at time zone time_zone)
    else moment at time zone time_zone
end;

comment on function dds.wall_clock(timestamptz, text) is 'What a clock in a time zone shows at a moment; 00:00 for the first moment of a day';

create function dds.rental_days(
    rental_start timestamptz,
    rental_end timestamptz,
    business_tz text,
    grace_minutes integer
)
returns integer
language sql
immutable
parallel safe
return case
    when rental_end >= rental_start
        then greatest(
            1,
            ceil(
                (
                    extract(
                        epoch
                        from dds.wall_clock(rental_end, business_tz)
                        - dds.wall_clock(rental_start, business_tz)
                    )
                    - grace_minutes * 60
                ) / 86400
            )
        )::integer
end;

comment on function dds.rental_days(timestamptz, timestamptz, text, integer) is 'The days that a rental is charged for: max(1, ceil((end - start - grace) / 24 h)) on the wall clock of BUSINESS_TZ; null unless both are there and in order';

comment on column dds.fact_rentals.rental_days is 'max(1, ceil((rental_end - rental_start - GRACE_MINUTES) / 24 h)) on the wall clock of BUSINESS_TZ; null unless both are there and in order';

with exact_budgets as (
    select
        stg_leads.ctid as place,
        btrim(stg_leads.payload ->> 'price_with_minor_units')::numeric as budget
    from stg.stg_leads
    where
        not stg_leads.is_deleted
        and btrim(stg_leads.payload ->> 'price_with_minor_units')
        ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$'
),

corrected as (
    update stg.stg_leads
    set budget = exact_budgets.budget
    from exact_budgets
    where
        stg_leads.ctid = exact_budgets.place
        and stg_leads.budget is distinct from exact_budgets.budget
    returning stg_leads.landed_seq
)

update ops.watermark
set
    position = least(
        watermark.position, (select min(corrected.landed_seq) - 1 from corrected)
    ),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_leads_hist'
    and exists (select from corrected);

-- Every rental is looked up and counted anew.
update ops.watermark
set
    position = 0,
    settings = null,
    changed_at = clock_timestamp()
where watermark.name = 'dds.fact_rentals';

comment on column stg.stg_leads.budget is 'The price of the lead with its minor units where the account gives them, in CURRENCY';
