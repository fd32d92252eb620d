-- What:  keeps merges out of tables until the end of the transaction
-- Grain: one row per row of ops.watermark that is locked
-- Reads: ops.watermark, $1 names of tables (the text of a JSON array)
--
-- All of them at once and in the order in which merges lock them: nobody waits for each
-- other.

select watermark.name
from ops.watermark
where
    split_part(watermark.name, '/', 1) in (
        select names.name
        from jsonb_array_elements_text($1::text::jsonb) as names (name)
    )
order by watermark.name
for update;
