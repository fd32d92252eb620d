-- What:  drops the temporary tables of this connection, which SQL files leave to their transaction
-- Grain: every temporary table
-- Reads: nothing
discard temporary;
