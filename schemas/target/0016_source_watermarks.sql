-- How far each source entity has been read by its own account: the greatest value of its watermark column that a run has
-- seen, and the run that last read the entity whole (what is gone from a source shows only then).
CREATE TABLE lineage.source_watermark (
    source_system text NOT NULL,
    source_entity text NOT NULL,
    run_id        bigint NOT NULL REFERENCES lineage.run, -- run that saw it
    watermark     text NOT NULL,                          -- as the source writes it
    whole_run     bigint NOT NULL REFERENCES lineage.run,
    PRIMARY KEY (source_system, source_entity)
);
ALTER TABLE lineage.source_watermark OWNER TO caseweave_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON lineage.source_watermark TO caseweave_loader;
GRANT SELECT ON lineage.source_watermark TO caseweave_auditor;
CALL lineage.keep_history_of('lineage.source_watermark');
