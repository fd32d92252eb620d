-- What:  reads a column that the table of the file before it does not have
select count(fleet.colour) as rows_read
from fleet;
