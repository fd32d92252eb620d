-- What:  tells the planner of the copies that have landed so far
-- Grain: one row
-- Reads: $1 the table, "stg.stg_leads", "stg.stg_clients" or "stg.stg_cars"
--
-- For a first load. A vacuum that comes by meanwhile, or came by after one that was rolled
-- back, finds pages with no row that counts; from then on the planner takes the table for
-- empty, and looks through all of it for each row of a batch.

select ops.analyze_table($1::text::regclass);
