-- What each system delivered when the target last took it, as a digest: a delivery that is the same as then, read by the
-- same program under the same settings, gives the same rows and can be passed over.
CREATE TABLE lineage.source_delivery (
    source_system text PRIMARY KEY,
    run_id        bigint NOT NULL REFERENCES lineage.run,
    digest        text NOT NULL                -- of the files, the connector, the schema, the program
);
ALTER TABLE lineage.source_delivery OWNER TO caseweave_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON lineage.source_delivery TO caseweave_loader;
GRANT SELECT ON lineage.source_delivery TO caseweave_auditor;
CALL lineage.keep_history_of('lineage.source_delivery');
