-- What:  takes in the copies of leads that stg/choose_copies.sql has chosen
-- Grain: one row per fact about one moment of a lead (id, observed_at, row_hash)
-- Reads: the lines of text that follow, a value for each of these columns; behind the payload
--        stands all that the program reads of a line again

copy stg.stg_leads (
    id, pipeline_id, status_id, responsible_user_id, loss_reason_id,
    car_element_id, client_element_id, name, model, plate,
    client_name, license, budget, dailyrate, is_deleted, deleted_by,
    rental_start, rental_end, closed_at, created_at, payload,
    updated_at, row_hash, observed_at, run_id, load_date
) from stdin;
