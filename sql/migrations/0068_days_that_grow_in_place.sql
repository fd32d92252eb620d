-- What:  days of fleet usage keep their place also where all of a page change at once and grow
-- Data:  nothing is computed anew; pages get their room as they are written

-- A share with cents where there were none is two digits longer, which the alignment of rows makes eight bytes: of half
-- a page of days, one in eighteen found no room beside the others and cost an entry in each index.
alter table dds.fact_fleet_usage_day set (fillfactor = 46);
