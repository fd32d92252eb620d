-- What:  the layers of the warehouse, one schema each

create schema if not exists stg;
create schema if not exists ods;
create schema if not exists dict;
create schema if not exists dds;
create schema if not exists dm;
create schema if not exists ops;

comment on schema stg is 'Landed copies of CRM records: append-only, one row per distinct observed state';
comment on schema ods is 'History (SCD-2): a pure function of what stg holds';
comment on schema dict is 'Dictionaries: pipelines, statuses, and the rules that class them';
comment on schema dds is 'Star schema: dimensions and facts';
comment on schema dm is 'Marts for people and BI tools';
comment on schema ops is 'Run log, watermarks, check results, applied migrations';
