-- What:  nothing but an answer
-- Grain: one row
-- Reads: nothing
select true as is_there;
