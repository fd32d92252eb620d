-- What:  one statement with a value of the driver
select
    $1::integer + 1 as rows_read,
    $2::jsonb ->> 'plate' as plate;
