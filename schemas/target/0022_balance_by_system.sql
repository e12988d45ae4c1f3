-- What was read, placed and quarantined of each system lay open to the readers of every area: three rows of another
-- service are children, too. A reader of one area reads the counts of systems of which there is a record that it may
-- see; those of a system that holds no people are for who looks across areas.
ALTER TABLE lineage.balance ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON lineage.balance FOR SELECT
    TO caseweave_reader_social_care, caseweave_reader_education, caseweave_reader_youth_justice
    USING ((SELECT integrated.service_areas()) = 7
           OR source_system IN (SELECT k.source_system FROM lineage.crosswalk k));
CREATE POLICY audited ON lineage.balance FOR SELECT TO caseweave_auditor USING (true);
