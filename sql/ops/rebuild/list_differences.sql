-- What:  which tables of the marts are not what they are when built from nothing
-- Grain: one row per table with a difference
-- Reads: kept_differences (of compare_rows.sql)
select
    kept_differences.table_name,
    kept_differences.missing::integer as missing,
    kept_differences.surplus::integer as surplus
from kept_differences
order by kept_differences.table_name;
