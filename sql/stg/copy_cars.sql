-- What:  takes in the copies of cars that stg/choose_copies.sql has chosen
-- Grain: one row per fact about one moment of a car (id, observed_at, row_hash)
-- Reads: the lines of text that follow, a value for each of these columns

copy stg.stg_cars (
    id, model, color, plate, vin, year, dailyrate, is_deleted,
    deleted_by, in_fleet_from, in_fleet_to, created_at, updated_at,
    payload, row_hash, observed_at, run_id, load_date
) from stdin;
