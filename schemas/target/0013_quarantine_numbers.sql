-- Each quarantined row has a number, by which people name it.
ALTER TABLE lineage.quarantine ADD COLUMN row_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
