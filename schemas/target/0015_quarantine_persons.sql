-- Of a case row that was quarantined nobody could tell whose it is: when its person was restricted or sealed later, it
-- stayed open. Now it says so where the person is known.
ALTER TABLE lineage.quarantine ADD COLUMN source_person_key text;
CREATE INDEX quarantine_by_person_key ON lineage.quarantine (source_system, source_person_key);
