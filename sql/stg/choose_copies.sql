-- What:  which copies of a batch land: each that differs from the row before it
-- Grain: one row with their places in the batch, from 1, in the order in which they land
-- Reads: stg.sights, $1 "leads", "clients" or "cars", $2 the text of a JSON array of sights
--
-- For servers, which then take these alone with \copy's own command (stg/copy_leads.sql and so
-- on); elsewhere stg/load_leads.sql and so on do both at once. Between the two nobody else
-- lands: a load locks its row of ops.watermark first.

with batch as (
    select sights.*
    from
        rows from (
            json_to_recordset((select $2::text)::json) as (
                id bigint, is_deleted boolean, observed_at timestamptz, updated_at timestamptz,
                row_hash text
            )
        ) with ordinality as sights
),

landing as (
    select places.place
    from
        stg.places_to_land(
            $1::text,
            (
                select
                    array_agg(
                        row(
                            batch.ordinality, batch.id, batch.is_deleted, batch.observed_at,
                            batch.updated_at, batch.row_hash
                        )::stg.given_sight
                    )
                from batch
            )
        ) as places (place)
)

select
    coalesce(
        json_agg(
            batch.ordinality
            order by batch.id, batch.observed_at, batch.updated_at
        ),
        '[]'
    ) as places
from batch
inner join landing on batch.ordinality = landing.place;
