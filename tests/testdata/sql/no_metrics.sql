-- What:  ends with a statement that returns no row
select 1 as rows_read;

create temporary table fleet (plate text) on commit drop;
