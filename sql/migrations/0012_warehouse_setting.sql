-- What:  the settings that a warehouse was filled with, because other ones would give its rows another meaning

create table ops.warehouse_setting (
    name text constraint warehouse_setting_pkey primary key,
    value text not null,
    remembered_at timestamptz not null default now()
);

comment on table ops.warehouse_setting is
'One row per setting that rows of this warehouse depend on: BUSINESS_TZ, in which days are days, and CURRENCY. Written by the first run; a run with another value is refused';
comment on column ops.warehouse_setting.name is 'The variable, as in .env.example';
comment on column ops.warehouse_setting.value is 'Its value at the first run';
comment on column ops.warehouse_setting.remembered_at is 'When that run was';
