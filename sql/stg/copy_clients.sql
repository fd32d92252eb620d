-- What:  takes in the copies of clients that stg/choose_copies.sql has chosen
-- Grain: one row per fact about one moment of a client (id, observed_at, row_hash)
-- Reads: the lines of text that follow, a value for each of these columns; behind the payload
--        stands all that the program reads of a line again

copy stg.stg_clients (
    id, client_name, gender, phone, email, nationality, license,
    is_deleted, deleted_by, birth_date, created_at, payload,
    updated_at, row_hash, observed_at, run_id, load_date
) from stdin;
