-- What:  what decides whether a server can be used: its version and the encoding of the database
-- Grain: one row
-- Reads: nothing
select
    current_setting('server_version_num')::integer as version,
    current_setting('server_encoding') as encoding;
