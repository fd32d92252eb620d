-- What:  drops the temporary tables of this connection, which SQL files leave until their transaction ends
-- Grain: every temporary table
-- Reads: nothing
discard temporary;
