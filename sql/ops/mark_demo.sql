-- What:  marks the database as one that the demo may empty again
-- Grain: one empty schema
-- Reads: nothing

create schema if not exists made_by_demo;
