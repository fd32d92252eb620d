-- What:  says that there are many
create temporary table fleet on commit drop as
select generate_series(1, 3) as car_id;

select
    3 as rows_many,
    'many_fleet' as told_last;
