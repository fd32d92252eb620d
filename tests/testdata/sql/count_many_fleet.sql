-- What:  counts what is left by a file that leaves many
-- If:    rows_many (of few_fleet.sql or many_fleet.sql)
select
    count(*) as rows_written,
    'count_many_fleet' as told_last
from fleet;
