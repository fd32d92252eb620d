-- What:  says that there are not many
create temporary table fleet on commit drop as
select 1 as car_id;

select
    0 as rows_many,
    'few_fleet' as told_last;
