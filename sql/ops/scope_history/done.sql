-- What:  drops the views of one history, before the next one has its own under the same names
-- Grain: one row
-- Reads: nothing

drop view looked_at, kept_versions;

select
    set_config('enable_memoize', 'on', true) as memory,
    set_config('enable_material', 'on', true) as material;
