-- What:  fails on a value, which the message must not quote
select current_setting('rental.plate')::integer as number_of_plate;
