-- What:  ends with two rows where metrics are one
select generate_series(1, 2) as rows_read;
