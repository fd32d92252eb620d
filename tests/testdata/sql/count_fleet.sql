-- What:  counts what the file before it left
select
    count(*) as rows_written,
    'count_fleet' as told_last
from fleet;
