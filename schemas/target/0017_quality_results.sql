-- What each run's reconciliation found by each quality rule, so that trends can be shown. Counts only, over all areas and
-- all protected rows: for whoever loads and whoever audits.
CREATE TABLE lineage.quality_result (
    run_id        bigint NOT NULL REFERENCES lineage.run,
    rule          text NOT NULL,                      -- id in config/quality_rules.toml
    source_system text NOT NULL,
    team          text NOT NULL,                      -- key of the team in its system; '' where rows carry none
    checked       bigint NOT NULL,
    failed        bigint NOT NULL CHECK (failed BETWEEN 0 AND checked),
    checked_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, rule, source_system, team)
);
ALTER TABLE lineage.quality_result OWNER TO caseweave_owner;
GRANT SELECT, INSERT, DELETE ON lineage.quality_result TO caseweave_loader;
GRANT SELECT ON lineage.quality_result TO caseweave_auditor;
