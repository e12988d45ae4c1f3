-- How long a record is kept. One row for each person, service area and clearance that something of the person's under a
-- rule of config/retention.toml needs: the rule that keeps it longest among what lies there. So whoever asks sees what
-- follows from rows that they may see, and a hidden row is not told of; what counts is the strictest of all rows.
CREATE TABLE integrated.retention (
    row_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL,
    area         smallint NOT NULL,
    access       smallint NOT NULL,
    run_id       bigint NOT NULL,
    rule         text NOT NULL,                -- id in config/retention.toml
    legal_hold   boolean NOT NULL,             -- kept whatever the date, until the hold is taken out of the rules
    retain_until date,                         -- the last day; NULL: kept, see unknown
    basis        text NOT NULL,                -- what the years are counted from: birth, death, care_episode.end_date
    basis_date   date,
    unknown      text,                         -- why no date can be told: "no birth date"
    CHECK (NOT legal_hold OR retain_until IS NULL),
    CHECK (legal_hold OR (retain_until IS NULL) = (unknown IS NOT NULL)),
    UNIQUE (person_id, area, access)
);
ALTER TABLE integrated.retention OWNER TO caseweave_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON integrated.retention TO caseweave_loader;
CALL integrated.protect('integrated.retention');
CALL lineage.keep_history_of('integrated.retention');

-- The rules under which a run computed retention: digest of their file.
ALTER TABLE lineage.run ADD COLUMN retention_rules text;
