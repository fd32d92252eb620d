-- What:  takes in the copies of cars that stg/choose_copies.sql has chosen
-- Grain: one row per fact about one moment of a car (id, observed_at, row_hash)
-- Reads: the lines of text that follow, a value for each of these columns; behind the payload
--        stands all that the program reads of a line again

copy stg.stg_cars (
    id, model, color, plate, vin, year, dailyrate, is_deleted,
    deleted_by, in_fleet_from, in_fleet_to, created_at, payload,
    updated_at, row_hash, observed_at, run_id, load_date
) from stdin;
