-- What:  days of fleet usage keep their place also where all of a page change at once
-- Data:  nothing is computed anew; pages get their room as they are written

-- As many days again fit into a page as it has: the days of a rental are neighbours, and so are those of the next one
-- of its car. A day that must leave its page costs an entry in each index.
alter table dds.fact_fleet_usage_day set (fillfactor = 50);
