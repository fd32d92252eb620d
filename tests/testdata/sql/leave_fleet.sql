-- What:  leaves a table to the file that runs next
create temporary table fleet on commit drop as
select generate_series(1, 3) as car_id;

select
    3 as rows_read,
    'leave_fleet' as told_last
from fleet
limit 1;
