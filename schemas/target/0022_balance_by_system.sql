-- What was read, placed and quarantined of each system lay open to the readers of every area: three rows of another
-- service are children, too. A reader reads the counts of systems of which there is a record that it may see.
ALTER TABLE lineage.balance ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON lineage.balance FOR SELECT
    TO caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice
    USING (source_system IN (SELECT k.source_system FROM lineage.crosswalk k));
CREATE POLICY audited ON lineage.balance FOR SELECT TO caseweave_auditor USING (true);
